"""A callback URL is called as the service calls it, with an empty list of events.

First without credentials; only after a 401 with a Basic challenge with them: without the challenge
the service makes no second try (vendor guide to callbacks). Any 2xx within 10 seconds counts.
"""

from __future__ import annotations

from http import HTTPStatus

import httpx

from provisioner.account.auth import BasicCredentials
from provisioner.account.client import Client
from provisioner.messaging.callback_urls import is_in_the_clear
from provisioner.messaging.findings import Finding, Level

SECONDS = 10.0
HEADERS = {"Content-Type": "application/json; charset=utf-8"}
CHALLENGE = "WWW-Authenticate"


async def probe(
    subject: str, check: str, url: str, credentials: BasicCredentials | None, client: Client
) -> Finding:
    """`client` tells the user agent and how long an answer may take."""
    headers = {**HEADERS, "User-Agent": client.connection.user_agent}
    timeout = min(SECONDS, client.connection.timeout)
    try:
        async with httpx.AsyncClient(headers=headers, timeout=timeout) as http:
            response = await http.post(url, content=b"[]")
            if response.status_code == HTTPStatus.UNAUTHORIZED:
                fault = _unwilling(response, url, credentials)
                if fault or credentials is None:
                    return Finding(subject, check, Level.ERROR, f"{url} {fault}", _MEND)
                auth = httpx.BasicAuth(credentials.username, credentials.password.reveal())
                response = await http.post(url, content=b"[]", auth=auth)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        told = f"{url} does not answer: {_named(error)}."
        return Finding(subject, check, Level.ERROR, told, _MEND)
    if response.is_success:
        return Finding(subject, check, Level.OK, f"{url} answers {response.status_code}.")
    told = f"{url} answers {response.status_code}: the service takes only 2xx, and tries again."
    return Finding(subject, check, Level.ERROR, told, _MEND)


_MEND = "Look at the server there; `provisioner listen` is one that answers as it should."


def _unwilling(response: httpx.Response, url: str, credentials: BasicCredentials | None) -> str:
    """Why a 401 will not be answered by a try with credentials, "" where it will."""
    if "basic" not in response.headers.get(CHALLENGE, "").lower():
        return "answers 401 without WWW-Authenticate: Basic, so the service sends no credentials."
    if credentials is None:
        return "asks for credentials, but the spec declares no `callback_credentials`."
    if is_in_the_clear(url):
        return "asks for credentials over plain http, which this probe does not send."
    return ""


def _named(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
