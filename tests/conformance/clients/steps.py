"""One line on stdin names a step; one line of JSON on stdout says what the client showed for it."""

import json
import os
import sys
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

Describe = Callable[[Exception], dict[str, Any]]
Steps = Mapping[str, Callable[[], Any]]


def serve(steps: Steps, describe: Describe) -> None:
    """`describe` says what the service refused with, or what broke inside the client."""
    for line in sys.stdin:
        try:
            answer = {"shown": steps[line.strip()]()}
        except Exception as error:  # noqa: BLE001 -- whatever the client raises is what it shows
            answer = {"error": describe(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def token() -> str:
    credentials = f"{os.environ['SANDBOX_CLIENT_ID']}:{os.environ['SANDBOX_CLIENT_SECRET']}"
    request = urllib.request.Request(  # noqa: S310 -- the sandbox, on loopback
        f"{os.environ['SANDBOX_URL']}/api/v1/oauth2/token",
        data=b"grant_type=client_credentials",
        headers={"authorization": f"Basic {b64encode(credentials.encode()).decode()}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 -- the same
        return str(json.load(answer)["access_token"])
