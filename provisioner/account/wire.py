"""One request on its way: in its turn, on a line of its own, and traced."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus

import httpx

from provisioner.account.clock import Clock
from provisioner.account.connection import Connection
from provisioner.account.har import Exchange
from provisioner.account.lines import Lines
from provisioner.account.pacing import Pace, seconds_to_wait
from provisioner.account.redaction import Redaction
from provisioner.account.requests import AuthorizedRequests, Request
from provisioner.account.traffic import Traffic
from provisioner.account.transports import transport_maker
from provisioner.account.xml import without_passwords
from provisioner.errors import SettingsError

log = logging.getLogger("provisioner.account")
EXCHANGES = logging.getLogger("provisioner.exchanges")
"""Takes each Exchange as the message of a record, where somebody keeps them."""

TOLD_FROM = 2.0
FIRST_HOLD, LONGEST_HOLD = 0.5, 8.0


class Wire:
    """What leads to one host. At most `parallelism` requests are on their way at a time.

    `ahead` is by how many seconds the service's clock is ahead of ours, as the last answer told.
    """

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        redaction: Redaction,
        parallelism: int,
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        self.traffic = Traffic(clock.monotonic)
        self.ahead = 0.0
        self._connection = connection
        self._clock = clock
        self._redaction = redaction
        self._pace = Pace(clock, self.traffic.held_back)
        try:
            open_line = transport_maker(connection) if transport is None else lambda _: transport
            self._lines = Lines(parallelism, partial(open_line, connection.origin))
            self._requests = AuthorizedRequests(connection, clock, redaction, open_line)
        except (ImportError, ValueError, OSError, httpx.InvalidURL):
            # What it says may repeat the variable, and a proxy's address may hold a password.
            raise SettingsError(
                "A proxy or certificate from the environment cannot be used. Check HTTPS_PROXY, "
                "HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR."
            ) from None

    async def aclose(self) -> None:
        try:
            await self._lines.aclose()
        finally:
            await self._requests.aclose()

    async def send(self, request: Request, before: Callable[[], Awaitable[None]]) -> httpx.Response:
        """The answer, whatever it is. `before` is awaited when nothing else has to be waited for.

        Raises httpx.HTTPError and httpx.InvalidURL, Unreadable for a way that leads elsewhere or
        for no token, and Unauthorized where that is refused.
        """
        kind = request.category
        async with self._pace.turn(kind), self._lines.line() as line:
            # While this waited for its line, others may have been refused.
            if not self._pace.is_held(kind):
                await self._requests.authorize()
                await before()
                response = await self._exchange(line, request)
                if response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                    self._pace.accepted(kind)
                return response
        return await self.send(request, before)

    def hold(self, request: Request, refusal: httpx.Response, attempt: int) -> None:
        """Requests of this category were too many: none of them leaves for a while."""
        self.traffic.refused += 1
        seconds = max(
            seconds_to_wait(refusal.headers, self._clock.now() + self.ahead),
            min(FIRST_HOLD * 2**attempt, LONGEST_HOLD),
        )
        level = logging.WARNING if seconds >= TOLD_FROM else logging.INFO
        log.log(level, "%s: too many requests, going on in %.1f s", request.category, seconds)
        self.traffic.holds[request.category] = self._clock.monotonic() + seconds
        self._pace.hold(request.category, seconds)

    async def _exchange(self, line: httpx.AsyncBaseTransport, request: Request) -> httpx.Response:
        started = self._clock.monotonic()
        self._trace_body(">", request.body or b"")
        self.traffic.calls += 1
        with self.traffic.on_wire.running():
            response = await self._requests.send(request, line)
        dated = parsed_date(response.headers.get("Date", ""))
        if dated is not None:
            self.ahead = dated - self._clock.now()
        log.info(
            "%s %s -> %s in %.0f ms",
            request.method,
            response.request.url,
            response.status_code,
            (self._clock.monotonic() - started) * 1000,
        )
        self._trace_body("<", response.content)
        self._keep(request, response, self._clock.monotonic() - started)
        return response

    def _keep(self, request: Request, response: httpx.Response, took: float) -> None:
        if not EXCHANGES.isEnabledFor(logging.INFO):
            return
        scrub = self._redaction.scrub
        asked = response.request
        exchange = Exchange(
            started=self._clock.now() - took,
            took=took,
            method=request.method,
            url=scrub(str(asked.url)),
            status=response.status_code,
            sent=self._shown(request.body or b""),
            answer=self._shown(response.content),
            sent_headers={name: scrub(value) for name, value in asked.headers.items()},
            answer_headers={name: scrub(value) for name, value in response.headers.items()},
        )
        EXCHANGES.info(exchange)

    def _trace_body(self, direction: str, body: bytes) -> None:
        if body and log.isEnabledFor(logging.DEBUG):
            log.debug("%s %s", direction, self._shown(body))

    def _shown(self, body: bytes) -> str:
        is_text = b"\0" not in body
        shown = without_passwords(body) if is_text else f"({len(body)} bytes)"
        return self._redaction.scrub(shown)


def parsed_date(text: str) -> float | None:
    """A date of HTTP, as in `Tue, 14 Nov 2023 22:13:20 GMT`, as seconds since 1970."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None
