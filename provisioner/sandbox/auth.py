"""Who may call: HTTP Basic, or a bearer token got for client credentials (vendor guide)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from urllib.parse import parse_qs

from provisioner.sandbox.errors import Denial
from provisioner.sandbox.exchange import Answer
from provisioner.sandbox.state import State

TOKEN_SECONDS = 3600


def admit(authorization: str, state: State) -> str:
    """The name of the user, or 401 with an empty body."""
    scheme, _, value = authorization.partition(" ")
    settings = state.settings
    if scheme.lower() == "basic" and _matches(value, settings.username, settings.password):
        return settings.username
    if scheme.lower() == "bearer":
        found = state.row(
            "SELECT user FROM tokens WHERE token = ? AND expires > ?", value, state.now()
        )
        if found is not None:
            return str(found["user"])
    raise Denial(401, {"www-authenticate": 'Basic realm="numbers"'})


def grant_token(authorization: str, body: bytes, state: State) -> Answer:
    """`POST /api/v1/oauth2/token`: Basic client authentication, a form with the grant type.

    The shape of an error is that of RFC 6749; the vendor documents none.
    """
    settings = state.settings
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic" or not _matches(value, settings.client_id, settings.client_secret):
        return _json(401, {"error": "invalid_client"})
    form = parse_qs(body.decode("utf-8", "replace"))
    if form.get("grant_type") != ["client_credentials"]:
        return _json(400, {"error": "unsupported_grant_type"})
    token = secrets.token_urlsafe(32)
    now = state.now()
    state.run("DELETE FROM tokens WHERE expires <= ?", now)
    state.run("INSERT INTO tokens VALUES (?, ?, ?)", token, settings.client_id, now + TOKEN_SECONDS)
    grant: dict[str, str | int] = {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
    }
    return _json(200, grant)


def _matches(encoded: str, name: str, password: str) -> bool:
    try:
        sent = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(sent, f"{name}:{password}".encode())


def _json(status: int, content: dict[str, str | int]) -> Answer:
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return Answer(status, json.dumps(content).encode(), headers)
