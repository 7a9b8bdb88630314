"""Who may call: HTTP Basic, or a bearer token got for client credentials (vendor guide).

Messaging takes both, and the token and secret of its own that the older vendor guides describe.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

from provisioner.sandbox.calls.exchange import Answer
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.settings import Login

TOKEN_SECONDS = 3600

_Pair = Callable[[Login], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Caller:
    """`accounts` are those that the credentials open, at least one."""

    user: str
    accounts: tuple[str, ...]


def identify(authorization: str, state: State) -> Caller | None:
    """Who calls the numbers API, or None where the credentials are no good."""
    return _identify(authorization, state, (_api_user,))


def identify_sender(authorization: str, state: State) -> Caller | None:
    """Who calls messaging, or None where the credentials are no good."""
    return _identify(authorization, state, (_api_user, _messaging_user))


def grant_token(authorization: str, body: bytes, state: State) -> Answer:
    """`POST /api/v1/oauth2/token`: Basic client authentication, a form with the grant type.

    The shape of an error is that of RFC 6749; the vendor documents none.
    """
    client = _basic(authorization, state.settings.logins, (_api_client,))
    if client is None:
        return _json(401, {"error": "invalid_client"})
    form = parse_qs(body.decode("utf-8", "replace"))
    if form.get("grant_type") != ["client_credentials"]:
        return _json(400, {"error": "unsupported_grant_type"})
    now = state.now()
    expires = now + TOKEN_SECONDS
    token = _write_token(client, expires)
    state.run("DELETE FROM tokens WHERE expires <= ?", now)
    state.run("INSERT INTO tokens VALUES (?, ?, ?)", token, client.user, expires)
    grant: dict[str, str | int] = {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
    }
    return _json(200, grant)


def _api_user(login: Login) -> tuple[str, str]:
    return login.username, login.password


def _api_client(login: Login) -> tuple[str, str]:
    return login.client_id, login.client_secret


def _messaging_user(login: Login) -> tuple[str, str]:
    return login.messaging_token, login.messaging_secret


def _identify(authorization: str, state: State, pairs: tuple[_Pair, ...]) -> Caller | None:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return _basic(authorization, state.settings.logins, pairs)
    found = state.row("SELECT user FROM tokens WHERE token = ? AND expires > ?", token, state.now())
    return None if found is None else Caller(found["user"], _accounts_in(token))


def _basic(authorization: str, logins: Iterable[Login], pairs: tuple[_Pair, ...]) -> Caller | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        sent = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    opened = [
        (name, login.account)
        for login in logins
        for name, password in (pair(login) for pair in pairs)
        if name and hmac.compare_digest(sent, f"{name}:{password}".encode())
    ]
    return Caller(opened[0][0], tuple(account for _, account in opened)) if opened else None


def _write_token(client: Caller, expires: float) -> str:
    """A JWT with the accounts that it is good for (vendor client).

    Its last part is random, not a signature: the account knows its tokens by heart.
    """
    claims = {"sub": client.user, "accounts": client.accounts, "exp": int(expires)}
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    written = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(part.rstrip("=") for part in written), secrets.token_urlsafe(32)])


def _accounts_in(token: str) -> tuple[str, ...]:
    claims = token.split(".")[1]
    decoded = base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
    return tuple(json.loads(decoded)["accounts"])


def _json(status: int, content: dict[str, str | int]) -> Answer:
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return Answer(status, json.dumps(content).encode(), headers)
