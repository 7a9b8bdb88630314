"""One request on its way: in its turn, on a line of its own, and traced."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus

import httpx

from provisioner.account.auth import ClientCredentials, http_auth
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection
from provisioner.account.har import Exchange
from provisioner.account.lines import Lines
from provisioner.account.pacing import Pace, category, seconds_to_wait
from provisioner.account.redaction import Redaction
from provisioner.account.traffic import Traffic
from provisioner.account.xml import without_passwords
from provisioner.errors import SettingsError, Unreadable

log = logging.getLogger("provisioner.account")
EXCHANGES = logging.getLogger("provisioner.exchanges")
"""Takes each Exchange as the message of a record, where somebody keeps them."""

MOST_REDIRECTS = 5
TOLD_FROM = 2.0
FIRST_HOLD, LONGEST_HOLD = 0.5, 8.0
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


def _trust(connection: Connection) -> ssl.SSLContext:
    """Reading whom to trust takes 11 ms: where nothing is asked over TLS, it is nobody."""
    credentials = connection.credentials
    token_url = credentials.token_url if isinstance(credentials, ClientCredentials) else ""
    if connection.on_this_machine and not f"{connection.origin} {token_url}".count("https://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context(trust_env=not connection.on_this_machine)


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
            self._lines = Lines(parallelism, self._line_maker(transport))
        except (ImportError, ValueError, OSError, httpx.InvalidURL):
            # What it says may repeat the variable, and a proxy's address may hold a password.
            raise SettingsError(
                "A proxy or certificate from the environment cannot be used. Check HTTPS_PROXY, "
                "HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR."
            ) from None

    def _line_maker(
        self, transport: httpx.AsyncBaseTransport | None
    ) -> Callable[[], httpx.AsyncClient]:
        timeout = self._connection.timeout
        # A proxy from the environment is for the way out, not for this machine.
        trust_env = not self._connection.on_this_machine
        return partial(
            httpx.AsyncClient,
            auth=http_auth(self._connection.credentials, self._clock.monotonic, self._redaction),
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_TIMEOUT, timeout), pool=None),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            headers={"User-Agent": self._connection.user_agent},
            transport=transport,
            trust_env=trust_env,
            verify=_trust(self._connection),
        )

    async def aclose(self) -> None:
        await self._lines.aclose()

    async def send(self, request: Request, before: Callable[[], Awaitable[None]]) -> httpx.Response:
        """The answer, whatever it is. `before` is awaited when nothing else has to be waited for.

        Raises httpx.HTTPError and httpx.InvalidURL, and Unreadable for a way that leads elsewhere.
        """
        kind = request.category
        async with self._pace.turn(kind), self._lines.line() as line:
            # While this waited for its line, others may have been refused.
            if not self._pace.is_held(kind):
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

    async def _exchange(self, line: httpx.AsyncClient, request: Request) -> httpx.Response:
        started = self._clock.monotonic()
        self._trace_body(">", request.body or b"")
        self.traffic.calls += 1
        with self.traffic.on_wire.running():
            response = await line.request(
                request.method,
                f"{self._connection.api_root}{request.path}",
                content=request.body,
                params=request.params,
                headers=request.headers,
            )
            for _ in range(MOST_REDIRECTS):
                onward = self._onward(response)
                if onward is None:
                    break
                response = await line.send(onward)
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
                f"{self._connection.origin} sends us on to {there.scheme}://"
                f"{there.netloc.decode()}. If that is the API, set {self._connection.variable} to "
                "it."
            )
        return response.next_request

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
