"""Events are passed on to a URL until they are accepted there, and not in vain: what is still to be
passed on is on disk, and survives the process.

Each is posted as the service posts it, an array of one event, so that a program that takes the
service's callbacks takes these. As there, one may come twice: when the process is killed after it
was accepted. Events are passed on in the order in which they came, but none waits for another.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from urllib.parse import urlsplit

import httpx

from provisioner.account.clock import Clock
from provisioner.account.connection import LOOPBACK
from provisioner.errors import SettingsError
from provisioner.messaging.event_store import EventStore
from provisioner.messaging.event_tables import Forward

SPACING = (1, 2, 5, 10, 30, 60, 300)
"""Seconds from one attempt to the next; the last one holds for all that follow."""
TIMEOUT = 10.0
MOST_UNDER_WAY = 16

_JSON = "application/json; charset=utf-8"

log = logging.getLogger(__name__)


def check_target(url: str, *, allow_insecure_http: bool) -> None:
    """Raises SettingsError."""
    if "@" in url:
        # Before anything else, because every other message shows the address.
        raise SettingsError("--forward takes an address without credentials in it.")
    try:
        parts = urlsplit(url)
        _ = parts.port, httpx.URL(url).host
    except (ValueError, httpx.InvalidURL):
        raise SettingsError(f"--forward is not an address: {url!r}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"--forward is {url!r}; it takes one as in http://127.0.0.1:3000/in.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_insecure_http:
        raise SettingsError(
            f"--forward is plain http, which would send messages in the clear to {parts.hostname}. "
            "Use https, or add --allow-insecure-http if that is meant."
        )


async def forward(store: EventStore, url: str, clock: Clock, stop: asyncio.Event) -> None:
    """Until `stop` is set; what is under way then is finished."""
    # What is on this machine is not asked for through a proxy.
    is_elsewhere = urlsplit(url).hostname not in LOOPBACK
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=is_elsewhere) as http:
        await _Forwarder(store, url, http, clock).run(stop)


class _Forwarder:
    def __init__(self, store: EventStore, url: str, http: httpx.AsyncClient, clock: Clock) -> None:
        self._store = store
        self._url = url
        self._http = http
        self._clock = clock
        self._news = store.watch()
        self._under_way: set[int] = set()
        self._fails = False

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            while not stop.is_set():
                self._news.clear()
                now = self._clock.now()
                for each in await self._store.due_forwards(now, self._under_way, MOST_UNDER_WAY):
                    self._under_way.add(each.sequence)
                    tasks.create_task(self._pass_on(each))
                await self._rest(await self._store.next_forward(now), now, stop)

    async def _rest(self, due: float | None, now: float, stop: asyncio.Event) -> None:
        waits: set[asyncio.Future[object]] = {
            asyncio.ensure_future(each.wait()) for each in (self._news, stop)
        }
        if due is not None:
            waits.add(asyncio.ensure_future(self._clock.sleep(due - now)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    async def _pass_on(self, event: Forward) -> None:
        refusal = await self._post(event)
        self._tell(refusal)
        wait = SPACING[min(event.failures, len(SPACING) - 1)]
        try:
            if refusal is None:
                await self._store.end_forward(event.sequence)
            else:
                await self._store.postpone_forward(event.sequence, self._clock.now() + wait)
        except sqlite3.Error as error:
            log.warning("What was passed on cannot be noted (%s): it will come again.", error)
            await self._clock.sleep(wait)
        self._under_way.discard(event.sequence)
        self._news.set()  # there is room for another one

    def _tell(self, refusal: str | None) -> None:
        """Of the first failure and of the end of them, not of each."""
        if refusal is not None and not self._fails:
            log.warning("Events cannot be passed on to %s (%s); they wait.", self._url, refusal)
        elif refusal is None and self._fails:
            log.warning("Events are passed on again.")
        self._fails = refusal is not None

    async def _post(self, event: Forward) -> str | None:
        """None once it is accepted, or why it is not."""
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await self._http.post(
                    self._url,
                    content=f"[{event.document}]".encode(),
                    headers={"content-type": _JSON},
                )
        except TimeoutError:
            return f"no answer within {TIMEOUT:g} s"
        except httpx.HTTPError as error:
            return str(error) or type(error).__name__
        return None if answer.is_success else f"answered {answer.status_code}"
