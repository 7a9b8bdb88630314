"""Requests and their answers: what is repeated, what is lost, and errors that can be understood."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from http import HTTPStatus
from types import TracebackType

import httpx

from provisioner.account.answers import Answer, read_answer, read_refusal
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection
from provisioner.account.redaction import Redaction
from provisioner.account.requests import Params, Request
from provisioner.account.traffic import Traffic
from provisioner.account.wire import Wire
from provisioner.errors import (
    AccountError,
    LostAnswer,
    Rejected,
    Unauthorized,
    Unreachable,
    Unreadable,
)

log = logging.getLogger("provisioner.account")

TRIES = 4
REFUSALS_FOR_PACE = 30
FIRST_DELAY = 0.5
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""After these nothing of the request itself has left."""
HEADERS = {"Content-Type": "application/xml; charset=utf-8", "Accept": "application/xml"}


async def at_once() -> None:
    """Nothing has to happen before a request leaves."""


class Client:
    """Requests to one account. Use as an async context manager.

    At most `parallelism` requests are on the wire at a time. GET, PUT, PATCH and DELETE are
    repeated on connection errors, 429 and 5xx; a POST only where it cannot have been carried out
    (no connection, 429), else LostAnswer says that nobody knows.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        parallelism: int = 16,
        clock: Clock | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.connection = connection
        self.clock = clock or Clock()
        self._redaction = Redaction(connection.secrets)
        self._wire = Wire(connection, self.clock, self._redaction, parallelism, transport)
        self._before: Callable[[], Awaitable[None]] = at_once

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._wire.aclose()

    @property
    def traffic(self) -> Traffic:
        """What its requests came to so far."""
        return self._wire.traffic

    def cautious_now(self) -> float:
        """Seconds since 1970 by our clock, or by the service's where that is behind.

        What is old by only one of them may be too young for lists.
        """
        return self.clock.now() + min(0.0, self._wire.ahead)

    def announcing(self, before: Callable[[], Awaitable[None]]) -> Client:
        """The same client, which awaits `before` each time that a write is about to leave.

        That is when it has waited for everything else: pace, and a free place on the wire.
        """
        other = copy(self)
        other._before = before  # noqa: SLF001 -- its own class
        return other

    def scrub(self, text: str) -> str:
        """Words of the service without any secret that was sent to it."""
        return self._redaction.scrub(text)

    @property
    def account_path(self) -> str:
        return f"/accounts/{self.connection.account}"

    async def get(self, path: str, params: Params | None = None) -> Answer:
        return await self._answered(Request("GET", path, params=params))

    async def put(self, path: str, body: bytes) -> Answer:
        return await self._answered(Request("PUT", path, body, HEADERS))

    async def patch(self, path: str, body: bytes) -> Answer:
        return await self._answered(Request("PATCH", path, body, HEADERS))

    async def delete(self, path: str) -> Answer:
        return await self._answered(Request("DELETE", path))

    async def query(self, path: str, body: bytes) -> Answer:
        """A POST that asks and changes nothing, and so may be repeated."""
        return await self._answered(Request("POST", path, body, HEADERS))

    async def post(self, path: str, body: bytes) -> Answer:
        """Raises LostAnswer where the request may have been carried out and no answer says so."""
        return self._read(await self._once(Request("POST", path, body, HEADERS)))

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The response as it came, refusals included, for an API that does not speak XML.

        Repeated, paced and lost as the others are; 429 and 5xx do not get here.
        """
        request = Request(method, path, body, headers, params)
        if method == "POST":
            return await self._once(request)
        response, _ = await self._repeatable(request)
        return response

    async def _once(self, request: Request) -> httpx.Response:
        for attempt in range(REFUSALS_FOR_PACE):
            try:
                response = await self._wire.send(request, self._before)
            except NOT_SENT as error:
                if attempt + 1 >= TRIES:
                    raise _not_carried_out(self._unreachable(error)) from None
                await self._back_off(attempt)
                continue
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise LostAnswer(f"no answer to {request}: {_named(error)}") from None
            if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                self._wire.hold(request, response, attempt)
                continue
            if response.is_server_error:
                raise LostAnswer(f"{request} was answered with HTTP {response.status_code}")
            return response
        raise _not_carried_out(_refused_for_pace(request))

    async def _answered(self, request: Request) -> Answer:
        response, repeated = await self._repeatable(request)
        try:
            return self._read(response)
        except (Rejected, Unauthorized) as error:
            # An earlier try may have changed what this one was refused for.
            error.may_have_written = repeated and request.method in ("PUT", "PATCH")
            raise

    def _read(self, response: httpx.Response) -> Answer:
        return read_answer(response, self.connection, self._redaction)

    async def _repeatable(self, request: Request) -> tuple[httpx.Response, bool]:
        """The response, and whether earlier tries failed."""
        before = at_once if request.method == "GET" else self._before
        failures: list[AccountError] = []
        for refusals in range(REFUSALS_FOR_PACE):
            try:
                response = await self._wire.send(request, before)
            except httpx.TransportError as error:
                failures.append(self._unreachable(error))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise Unreadable(f"{request}: {_named(error)}") from None
            except AccountError as error:
                # No token for this try: an earlier one may have been carried out.
                error.may_have_written = bool(failures) and request.method != "GET"
                raise
            else:
                if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                    self._wire.hold(request, response, refusals)
                    continue
                if not response.is_server_error:
                    return response, bool(failures)
                refusal = read_refusal(response, self.connection, self._redaction)
                failures.append(Unreachable(f"The service keeps failing at {request}: {refusal}"))
            if len(failures) >= TRIES:
                raise failures[-1] from None
            log.warning("%s Trying again (%s of %s).", failures[-1], len(failures) + 1, TRIES)
            await self._back_off(len(failures) - 1)
        raise _refused_for_pace(request)

    def _unreachable(self, error: httpx.HTTPError) -> Unreachable:
        why = _named(error)
        if isinstance(error, httpx.TimeoutException) and not str(error):
            why = f"nothing came within {self.connection.timeout:g} s"
        return Unreachable(
            f"{self.connection.origin} does not answer: {why}. "
            f"Check {self.connection.variable} and the network, then run again."
        )

    async def _back_off(self, attempt: int) -> None:
        """Waits longer each time, and not all clients that failed together equally long."""
        share = random.uniform(0.5, 1.0)  # noqa: S311 -- spreads load, keeps no secret
        await self.clock.sleep(FIRST_DELAY * 2**attempt * share)


def _named(error: Exception) -> str:
    """An exception in a few words; httpx leaves the text of some empty."""
    return str(error).rstrip(".") or type(error).__name__


def _not_carried_out(error: Unreachable) -> Unreachable:
    error.may_have_written = False
    return error


def _refused_for_pace(request: Request) -> Unreachable:
    return Unreachable(f"The service kept refusing {request} as too many requests (HTTP 429).")
