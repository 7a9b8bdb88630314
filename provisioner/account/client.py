"""One request and its answer: authentication, pace, retries, and errors that can be understood."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

import httpx

from provisioner.account.auth import http_auth
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection
from provisioner.account.pacing import Pace, category
from provisioner.account.xml import (
    Element,
    error_texts,
    parse,
    refusal_in_success,
    without_passwords,
)
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
CONNECT_TIMEOUT = 10.0
TOO_MANY = 429
SERVER_ERROR = 500
HEADERS = {"Content-Type": "application/xml; charset=utf-8", "Accept": "application/xml"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer. `root` is None where the body is empty or, after a POST, not XML."""

    status: int
    location: str
    root: Element | None


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
        self._slots = asyncio.Semaphore(parallelism)
        self._pace = Pace(self.clock)
        self._http = httpx.AsyncClient(
            auth=http_auth(connection.credentials, self.clock.monotonic),
            timeout=httpx.Timeout(
                connection.timeout, connect=min(CONNECT_TIMEOUT, connection.timeout), pool=None
            ),
            limits=httpx.Limits(max_connections=parallelism, max_keepalive_connections=parallelism),
            headers={"User-Agent": connection.user_agent},
            transport=transport,
            # A proxy from the environment is for the way out, not for this machine.
            trust_env=not connection.on_this_machine,
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

    @property
    def account_path(self) -> str:
        return f"/accounts/{self.connection.account}"

    async def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        return await self._repeatable("GET", path, None, params)

    async def put(self, path: str, body: bytes) -> Answer:
        return await self._repeatable("PUT", path, body)

    async def patch(self, path: str, body: bytes) -> Answer:
        return await self._repeatable("PATCH", path, body)

    async def delete(self, path: str) -> Answer:
        return await self._repeatable("DELETE", path, None)

    async def post(self, path: str, body: bytes) -> Answer:
        """Raises LostAnswer where the request may have been carried out and no answer says so."""
        for attempt in range(REFUSALS_FOR_PACE):
            try:
                response = await self._send("POST", path, body, None)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if attempt + 1 >= TRIES:
                    raise self._unreachable(error) from None
                await self._back_off(attempt)
                continue
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise LostAnswer(f"no answer to POST {path}: {_named(error)}") from None
            if response.status_code == TOO_MANY:
                self._hold("POST", path, response)
                continue
            if response.status_code >= SERVER_ERROR:
                raise LostAnswer(f"POST {path} was answered with HTTP {response.status_code}")
            return self._answer("POST", path, response)
        raise Unreachable(f"The service kept refusing POST {path} as too many requests (HTTP 429).")

    async def _repeatable(
        self,
        method: str,
        path: str,
        body: bytes | None,
        params: Mapping[str, str | int] | None = None,
    ) -> Answer:
        failures = 0
        for _ in range(REFUSALS_FOR_PACE):
            try:
                response = await self._send(method, path, body, params)
            except httpx.TransportError as error:
                failures += 1
                if failures >= TRIES:
                    raise self._unreachable(error) from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise Unreadable(f"{method} {path}: {_named(error)}") from None
            else:
                if response.status_code == TOO_MANY:
                    self._hold(method, path, response)
                    continue
                if response.status_code < SERVER_ERROR:
                    return self._answer(method, path, response)
                failures += 1
                if failures >= TRIES:
                    return self._answer(method, path, response)
            await self._back_off(failures - 1)
        raise Unreachable(
            f"The service kept refusing {method} {path} as too many requests (HTTP 429)."
        )

    async def _send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        params: Mapping[str, str | int] | None,
    ) -> httpx.Response:
        url = f"{self.connection.api_root}{path}"
        await self._pace.wait(category(method, path))
        async with self._slots:
            started = self.clock.monotonic()
            self._trace_body(">", body or b"")
            response = await self._http.request(
                method,
                url,
                content=body,
                params=params,
                headers=HEADERS if body is not None else None,
                follow_redirects=method == "GET",
            )
        elapsed = self.clock.monotonic() - started
        log.info("%s %s -> %s in %.0f ms", method, url, response.status_code, elapsed * 1000)
        self._trace_body("<", response.content)
        return response

    def _trace_body(self, direction: str, body: bytes) -> None:
        if body and log.isEnabledFor(logging.DEBUG):
            log.debug("%s %s", direction, self.connection.scrub(without_passwords(body)))

    def _answer(self, method: str, path: str, response: httpx.Response) -> Answer:
        """The answer, or the error that it amounts to."""
        root = None
        unreadable: Unreadable | None = None
        if response.content.strip():
            try:
                root = parse(response.content)
            except Unreadable as error:
                unreadable = error
        if response.is_error or (root is not None and refusal_in_success(root)):
            raise self._refusal(method, path, response, root)
        if not response.is_success:
            raise Unreadable(f"{method} {path} was answered with HTTP {response.status_code}.")
        if unreadable is not None and method == "GET":
            raise Unreadable(f"GET {path}: {unreadable} Is {self.connection.origin} the API?")
        return Answer(response.status_code, response.headers.get("Location", ""), root)

    def _refusal(
        self, method: str, path: str, response: httpx.Response, root: Element | None
    ) -> AccountError:
        errors = [] if root is None else list(dict.fromkeys(error_texts(root)))
        words = "; ".join(f"error {code}: {text}" if code else text for code, text in errors)
        told = f" It says: {self.connection.scrub(words)}" if words else ""
        if response.status_code in (401, 403):
            return Unauthorized(f"{_ACCESS[response.status_code].format(c=self.connection)}{told}")
        message = f"HTTP {response.status_code}" + (
            f", {self.connection.scrub(words)}" if words else f" to {method} {path}"
        )
        code = next((code for code, _ in errors if code), None)
        return Rejected(message, status=response.status_code, code=code)

    def _unreachable(self, error: httpx.HTTPError) -> Unreachable:
        return Unreachable(
            f"{self.connection.origin} does not answer: {_named(error)}. "
            "Check BW_API_URL and the network, then run again."
        )

    def _hold(self, method: str, path: str, response: httpx.Response) -> None:
        kind = category(method, path)
        seconds = self._seconds_to_wait(response)
        log.info("%s: too many requests, going on in %.1f s", kind, seconds)
        self._pace.hold(kind, seconds)

    def _seconds_to_wait(self, response: httpx.Response) -> float:
        """By `X-RateLimit-Reset` (seconds since 1970) or `Retry-After` (seconds), else one."""
        try:
            if reset := response.headers.get("X-RateLimit-Reset"):
                return max(float(reset) - self.clock.now(), 0.05)
            return float(response.headers.get("Retry-After", 1.0))
        except ValueError:
            return 1.0

    async def _back_off(self, attempt: int) -> None:
        """Waits longer each time, and not all clients that failed together equally long."""
        share = random.uniform(0.5, 1.0)  # noqa: S311 -- spreads load, keeps no secret
        await self.clock.sleep(FIRST_DELAY * 2**attempt * share)


_ACCESS = {
    401: "{c.origin} refused the credentials (HTTP 401). Check them with {c.credentials_hint}.",
    403: "{c.origin} refuses access to account {c.account} (HTTP 403): the credentials lack a "
    "role, or belong to another account.",
}


def _named(error: Exception) -> str:
    """An exception in a few words; httpx leaves the text of some empty."""
    return str(error) or type(error).__name__
