"""Who is asking: OAuth2 client credentials, or HTTP Basic as in the vendor's guides."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from provisioner.account.redaction import Redaction
from provisioner.errors import Unauthorized, Unreadable
from provisioner.model import Secret

RENEW_BEFORE_END = 60.0
LIFETIME_IF_UNSAID = 3600.0
# What a header can carry; anything else would end up in an error message of the HTTP library.
TOKEN = re.compile(r"[!-~]+")


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


def http_auth(
    credentials: Credentials, monotonic: Callable[[], float], redaction: Redaction
) -> httpx.Auth:
    """`redaction` is told of everything that will stand in a header."""
    if isinstance(credentials, BasicCredentials):
        basic = (credentials.username, credentials.password.reveal())
    else:
        basic = (credentials.client_id, credentials.client_secret.reveal())
    redaction.hide(b64encode(":".join(basic).encode()).decode())
    if isinstance(credentials, BasicCredentials):
        return httpx.BasicAuth(*basic)
    return TokenAuth(credentials, monotonic, redaction)


class TokenAuth(httpx.Auth):
    """Fetches a token, keeps it in memory, renews it a minute before it ends and once after a 401.

    Token request and answer as the vendor describes its OAuth2 endpoint; where the answer does
    not say how long the token lives, an hour is assumed, as the vendor's command-line tool does.
    """

    def __init__(
        self,
        credentials: ClientCredentials,
        monotonic: Callable[[], float],
        redaction: Redaction,
    ) -> None:
        self._redaction = redaction
        self._credentials = credentials
        self._monotonic = monotonic
        self._token = ""
        self._ends = float("-inf")
        self._lock = asyncio.Lock()

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        async with self._lock:
            if self._monotonic() >= self._ends - RENEW_BEFORE_END:
                await self._keep((yield self._token_request(request)))
        used = self._token
        request.headers["Authorization"] = f"Bearer {used}"
        response = yield request
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            return
        async with self._lock:
            if self._token == used:
                await self._keep((yield self._token_request(request)))
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request

    def _token_request(self, request: httpx.Request) -> httpx.Request:
        """Asks for a token within the time that `request` itself may take."""
        basic = httpx.BasicAuth(
            self._credentials.client_id, self._credentials.client_secret.reveal()
        )
        asking = httpx.Request(
            "POST",
            self._credentials.token_url,
            data={"grant_type": "client_credentials"},
            extensions={"timeout": request.extensions["timeout"]},
        )
        return next(basic.sync_auth_flow(asking))

    async def _keep(self, response: httpx.Response) -> None:
        """Raises ConnectError where trying again may help: the request itself was not sent yet."""
        await response.aread()
        where = f"{response.request.url.scheme}://{response.request.url.netloc.decode()}"
        if response.status_code in (400, 401, 403):
            raise Unauthorized(
                f"{where} refused the client credentials (HTTP {response.status_code}). "
                "Check BW_CLIENT_ID and BW_CLIENT_SECRET."
            )
        nothing = f"{where} gave no access token (HTTP {response.status_code})"
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error:
            raise httpx.ConnectError(nothing, request=response.request)
        try:
            answer = response.json()
            token, lifetime = answer["access_token"], answer.get("expires_in", LIFETIME_IF_UNSAID)
            ends = self._monotonic() + float(lifetime)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unreadable(f"{nothing}. Check BW_TOKEN_URL.") from None
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise Unreadable(f"{nothing}. Check BW_TOKEN_URL.")
        self._redaction.hide(token)
        self._token, self._ends = token, ends
