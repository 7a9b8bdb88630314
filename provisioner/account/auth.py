"""Who is asking: OAuth2 client credentials, or HTTP Basic as in the vendor's guides."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import httpx

from provisioner.account.lines import ask
from provisioner.account.redaction import Redaction
from provisioner.errors import Unauthorized, Unreadable
from provisioner.model import Secret

RENEW_BEFORE_END = 60.0
LIFETIME_IF_UNSAID = 3600.0
# What a header can carry; anything else would end up in an error message of the HTTP library.
TOKEN = re.compile(r"[!-~]+")
REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class BasicCredentials:
    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    client_id: str
    client_secret: Secret
    token_url: str


Credentials = BasicCredentials | ClientCredentials


class Authorization(Protocol):
    """What stands in the header of that name."""

    async def header(self) -> str:
        """Raises httpx.ConnectError and httpx.ConnectTimeout where trying again may help, and
        Unauthorized and Unreadable: nothing was sent then of what it is for."""

    async def renewed(self, refused: str) -> str | None:
        """Another one than what was refused, or None where there is no other. Raises alike: what
        was refused was not carried out."""


class Basic:
    """`redaction` is told of what will stand in a header."""

    def __init__(self, username: str, password: Secret, redaction: Redaction) -> None:
        encoded = b64encode(f"{username}:{password.reveal()}".encode()).decode()
        redaction.hide(encoded)
        self._header = f"Basic {encoded}"

    async def header(self) -> str:
        return self._header

    async def renewed(self, refused: str) -> None:  # noqa: ARG002 -- others have one
        return None


class Token:
    """Fetches a token, keeps it in memory, renews it a minute before it ends and once after a 401.

    Token request and answer as the vendor describes its OAuth2 endpoint; where the answer does
    not say how long the token lives, an hour is assumed, as the vendor's command-line tool does.
    `line` leads to where tokens are given, and `extensions` say how long that may take.
    """

    def __init__(
        self,
        credentials: ClientCredentials,
        line: httpx.AsyncBaseTransport,
        extensions: Mapping[str, Any],
        monotonic: Callable[[], float],
        redaction: Redaction,
    ) -> None:
        self._url = credentials.token_url
        self._basic = Basic(credentials.client_id, credentials.client_secret, redaction)
        self._line = line
        self._extensions = extensions
        self._monotonic = monotonic
        self._redaction = redaction
        self._token = ""
        self._ends = float("-inf")
        self._lock = asyncio.Lock()

    async def header(self) -> str:
        async with self._lock:
            if self._monotonic() >= self._ends - RENEW_BEFORE_END:
                await self._fetch()
            return f"Bearer {self._token}"

    async def renewed(self, refused: str) -> str:
        async with self._lock:
            if refused == f"Bearer {self._token}":
                await self._fetch()
            return f"Bearer {self._token}"

    async def _fetch(self) -> None:
        asking = httpx.Request(
            "POST",
            self._url,
            data={"grant_type": "client_credentials"},
            headers={"Authorization": await self._basic.header()},
            extensions=dict(self._extensions),
        )
        where = f"{asking.url.scheme}://{asking.url.netloc.decode()}"
        try:
            response = await ask(self._line, asking)
        except httpx.TimeoutException:
            raise httpx.ConnectTimeout(f"{where} gave no access token in time") from None
        except httpx.TransportError as error:
            why = str(error) or type(error).__name__
            raise httpx.ConnectError(f"{where} gave no access token: {why}") from None
        except httpx.DecodingError:
            raise _no_token(f"{where} gave no access token (garbled)") from None
        if response.status_code in REFUSALS:
            raise Unauthorized(
                f"{where} refused the client credentials (HTTP {response.status_code}). "
                "Check BW_CLIENT_ID and BW_CLIENT_SECRET."
            )
        nothing = f"{where} gave no access token (HTTP {response.status_code})"
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error:
            raise httpx.ConnectError(nothing)
        try:
            answer = response.json()
            token, lifetime = answer["access_token"], answer.get("expires_in", LIFETIME_IF_UNSAID)
            ends = self._monotonic() + float(lifetime)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _no_token(nothing) from None
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise _no_token(nothing)
        self._redaction.hide(token)
        self._token, self._ends = token, ends


def _no_token(nothing: str) -> Unreadable:
    error = Unreadable(f"{nothing}. Check BW_TOKEN_URL.")
    error.may_have_written = False
    return error
