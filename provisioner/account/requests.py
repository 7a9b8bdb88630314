"""Requests and their answers: authorized, and sent on where the host says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from provisioner.account.auth import Authorization, Basic, ClientCredentials, Token
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection
from provisioner.account.lines import ask
from provisioner.account.pacing import category
from provisioner.account.redaction import Redaction
from provisioner.errors import Unreadable

MOST_REDIRECTS = 5
CONNECT_TIMEOUT = 10.0
Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is below the API's root; a body of None is none at all."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] | None = None
    params: Params | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def category(self) -> str:
        return category(self.method, self.path)


class AuthorizedRequests:
    """By httpx's transports: its client takes half as much CPU again (`benchmarks/call_cost.py`).

    No cookie is kept. `open_line` makes a line to where a URL leads.
    """

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        redaction: Redaction,
        open_line: Callable[[str], httpx.AsyncBaseTransport],
    ) -> None:
        self._connection = connection
        self._headers = {
            "User-Agent": connection.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
        }
        timeout = httpx.Timeout(
            connection.timeout, connect=min(CONNECT_TIMEOUT, connection.timeout)
        )
        self._extensions = {"timeout": timeout.as_dict()}
        self._token_line: httpx.AsyncBaseTransport | None = None
        self._authorization: Authorization
        credentials = connection.credentials
        if isinstance(credentials, ClientCredentials):
            self._token_line = open_line(credentials.token_url)
            self._authorization = Token(
                credentials, self._token_line, self._extensions, clock.monotonic, redaction
            )
        else:
            self._authorization = Basic(credentials.username, credentials.password, redaction)

    async def aclose(self) -> None:
        if self._token_line is not None:
            await self._token_line.aclose()

    async def authorize(self) -> None:
        """Gets what a request needs beforehand, so that `send` need not wait for it.

        Raises what `Authorization.header` does.
        """
        await self._authorization.header()

    async def send(self, request: Request, line: httpx.AsyncBaseTransport) -> httpx.Response:
        """The answer, read whole. Raises httpx.HTTPError and httpx.InvalidURL, Unreadable for a way
        that leads elsewhere, and what `Authorization.header` does."""
        headers = {**self._headers, **(request.headers or {})}
        asked = httpx.Request(
            request.method,
            f"{self._connection.api_root}{request.path}",
            params=request.params,
            headers=headers,
            content=request.body,
            extensions=self._extensions,
        )
        response = await self._authorized(asked, line)
        for _ in range(MOST_REDIRECTS):
            onward = self._onward(response)
            if onward is None:
                break
            asked = httpx.Request("GET", onward, headers=headers, extensions=self._extensions)
            response = await self._authorized(asked, line)
        return response

    async def _authorized(
        self, request: httpx.Request, line: httpx.AsyncBaseTransport
    ) -> httpx.Response:
        used = await self._authorization.header()
        request.headers["Authorization"] = used
        response = await ask(line, request)
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            return response
        another = await self._authorization.renewed(used)
        if another is None:
            return response
        request.headers["Authorization"] = another
        return await ask(line, request)

    def _onward(self, response: httpx.Response) -> httpx.URL | None:
        """Where on the same host a GET is sent on to. Raises Unreadable for another host.

        The service redirects some requests (vendor SDKs follow); but a page for signing in, or
        plain http, is no place to learn from what an account has.
        """
        if not response.has_redirect_location or response.request.method != "GET":
            return None
        here = response.request.url
        there = here.join(response.headers["Location"])
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise Unreadable(
                f"{self._connection.origin} sends us on to {there.scheme}://"
                f"{there.netloc.decode()}. If that is the API, set {self._connection.variable} to "
                "it."
            )
        return there
