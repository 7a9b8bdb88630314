"""One request and its answer: authentication, pace, retries, and errors that can be understood."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from http import HTTPStatus
from types import TracebackType

import httpx

from provisioner.account.answers import Answer, read_answer, read_refusal
from provisioner.account.auth import http_auth
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection
from provisioner.account.pacing import Pace, category, seconds_to_wait
from provisioner.account.redaction import Redaction
from provisioner.account.xml import without_passwords
from provisioner.errors import (
    AccountError,
    LostAnswer,
    Rejected,
    SettingsError,
    Unauthorized,
    Unreachable,
    Unreadable,
)

log = logging.getLogger("provisioner.account")

TRIES = 4
REFUSALS_FOR_PACE = 30
MOST_REDIRECTS = 5
TOLD_FROM = 2.0
FIRST_DELAY = 0.5
CONNECT_TIMEOUT = 10.0
Params = Mapping[str, str | int]
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
        self.refused_for_pace = 0
        """How often the service said "too many requests"."""
        self._redaction = Redaction(connection.secrets)
        self._slots = asyncio.Semaphore(parallelism)
        self._pace = Pace(self.clock)
        self._before: Callable[[], Awaitable[None]] = at_once
        try:
            self._http = self._make_http(parallelism, transport)
        except (ImportError, ValueError, OSError, httpx.InvalidURL):
            # What it says may repeat the variable, and a proxy's address may hold a password.
            raise SettingsError(
                "A proxy or certificate from the environment cannot be used. Check HTTPS_PROXY, "
                "HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR."
            ) from None

    def _make_http(
        self, parallelism: int, transport: httpx.AsyncBaseTransport | None
    ) -> httpx.AsyncClient:
        timeout = self.connection.timeout
        return httpx.AsyncClient(
            auth=http_auth(self.connection.credentials, self.clock.monotonic, self._redaction),
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_TIMEOUT, timeout), pool=None),
            limits=httpx.Limits(max_connections=parallelism, max_keepalive_connections=parallelism),
            headers={"User-Agent": self.connection.user_agent},
            transport=transport,
            # A proxy from the environment is for the way out, not for this machine.
            trust_env=not self.connection.on_this_machine,
        )

    async def __aenter__(self) -> Client:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, traceback)

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
        return await self._answered("GET", path, None, params)

    async def put(self, path: str, body: bytes) -> Answer:
        return await self._answered("PUT", path, body)

    async def patch(self, path: str, body: bytes) -> Answer:
        return await self._answered("PATCH", path, body)

    async def delete(self, path: str) -> Answer:
        return await self._answered("DELETE", path, None)

    async def query(self, path: str, body: bytes) -> Answer:
        """A POST that asks and changes nothing, and so may be repeated."""
        return await self._answered("POST", path, body)

    async def post(self, path: str, body: bytes) -> Answer:
        """Raises LostAnswer where the request may have been carried out and no answer says so."""
        return self._read(await self._once("POST", path, body, HEADERS))

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
        if method == "POST":
            return await self._once(method, path, body, headers)
        response, _ = await self._repeatable(method, path, body, headers, params)
        return response

    async def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None
    ) -> httpx.Response:
        for attempt in range(REFUSALS_FOR_PACE):
            try:
                response = await self._send(method, path, body, headers, None)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if attempt + 1 >= TRIES:
                    raise self._unreachable(error) from None
                await self._back_off(attempt)
                continue
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise LostAnswer(f"no answer to {method} {path}: {_named(error)}") from None
            if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                self._hold(method, path, response, attempt)
                continue
            if response.is_server_error:
                raise LostAnswer(f"{method} {path} was answered with HTTP {response.status_code}")
            return response
        raise _refused_for_pace(method, path)

    async def _answered(
        self, method: str, path: str, body: bytes | None, params: Params | None = None
    ) -> Answer:
        headers = HEADERS if body is not None else None
        response, repeated = await self._repeatable(method, path, body, headers, params)
        try:
            return self._read(response)
        except (Rejected, Unauthorized) as error:
            # An earlier try may have changed what this one was refused for.
            error.may_have_written = repeated and method in ("PUT", "PATCH")
            raise

    def _read(self, response: httpx.Response) -> Answer:
        return read_answer(response, self.connection, self._redaction)

    async def _repeatable(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        params: Params | None,
    ) -> tuple[httpx.Response, bool]:
        """The response, and whether earlier tries failed."""
        failures: list[AccountError] = []
        for refusals in range(REFUSALS_FOR_PACE):
            try:
                response = await self._send(method, path, body, headers, params)
            except httpx.TransportError as error:
                failures.append(self._unreachable(error))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise Unreadable(f"{method} {path}: {_named(error)}") from None
            else:
                if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                    self._hold(method, path, response, refusals)
                    continue
                if not response.is_server_error:
                    return response, bool(failures)
                refusal = read_refusal(response, self.connection, self._redaction)
                failures.append(
                    Unreachable(f"The service keeps failing at {method} {path}: {refusal}")
                )
            if len(failures) >= TRIES:
                raise failures[-1] from None
            log.warning("%s Trying again (%s of %s).", failures[-1], len(failures) + 1, TRIES)
            await self._back_off(len(failures) - 1)
        raise _refused_for_pace(method, path)

    async def _send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        params: Params | None,
    ) -> httpx.Response:
        url = f"{self.connection.api_root}{path}"
        await self._pace.wait(category(method, path))
        async with self._slots:
            if method != "GET":
                await self._before()
            started = self.clock.monotonic()
            self._trace_body(">", body or b"")
            response = await self._http.request(
                method, url, content=body, params=params, headers=headers
            )
            for _ in range(MOST_REDIRECTS):
                onward = self._onward(response)
                if onward is None:
                    break
                response = await self._http.send(onward)
        elapsed = self.clock.monotonic() - started
        log.info(
            "%s %s -> %s in %.0f ms",
            method,
            response.request.url,
            response.status_code,
            elapsed * 1000,
        )
        self._trace_body("<", response.content)
        return response

    def _onward(self, response: httpx.Response) -> httpx.Request | None:
        """Where on the same host a GET is sent on to. Raises Unreadable for another host.

        The service redirects some requests (vendor SDKs follow); but a page for signing in, or
        plain http, is no place to learn from what an account has.
        """
        if response.next_request is None or response.request.method != "GET":
            return None
        here, there = response.request.url, response.next_request.url
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise Unreadable(
                f"{self.connection.origin} sends us on to {there.scheme}://"
                f"{there.netloc.decode()}. If that is the API, set {self.connection.variable} to "
                "it."
            )
        return response.next_request

    def _trace_body(self, direction: str, body: bytes) -> None:
        if body and log.isEnabledFor(logging.DEBUG):
            is_text = b"\0" not in body
            shown = self.scrub(without_passwords(body)) if is_text else f"({len(body)} bytes)"
            log.debug("%s %s", direction, shown)

    def _unreachable(self, error: httpx.HTTPError) -> Unreachable:
        why = _named(error)
        if isinstance(error, httpx.TimeoutException):
            why = f"nothing came within {self.connection.timeout:g} s"
        return Unreachable(
            f"{self.connection.origin} does not answer: {why}. "
            f"Check {self.connection.variable} and the network, then run again."
        )

    def _hold(self, method: str, path: str, response: httpx.Response, attempt: int) -> None:
        self.refused_for_pace += 1
        kind = category(method, path)
        seconds = max(
            seconds_to_wait(response.headers, self.clock.now()), min(FIRST_DELAY * 2**attempt, 8.0)
        )
        level = logging.WARNING if seconds >= TOLD_FROM else logging.INFO
        log.log(level, "%s: too many requests, going on in %.1f s", kind, seconds)
        self._pace.hold(kind, seconds)

    async def _back_off(self, attempt: int) -> None:
        """Waits longer each time, and not all clients that failed together equally long."""
        share = random.uniform(0.5, 1.0)  # noqa: S311 -- spreads load, keeps no secret
        await self.clock.sleep(FIRST_DELAY * 2**attempt * share)


def _named(error: Exception) -> str:
    """An exception in a few words; httpx leaves the text of some empty."""
    return str(error).rstrip(".") or type(error).__name__


def _refused_for_pace(method: str, path: str) -> Unreachable:
    return Unreachable(
        f"The service kept refusing {method} {path} as too many requests (HTTP 429)."
    )
