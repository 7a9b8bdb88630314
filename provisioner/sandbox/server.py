"""The sandbox on a socket: in a thread beside its user, or in the foreground.

Only loopback is listened on: the account is a toy, its password is known to all.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from provisioner.sandbox.admin.control_call import Export
from provisioner.sandbox.app import create_app
from provisioner.sandbox.calls.wire import CLOSE
from provisioner.sandbox.memory.snapshots import Snapshot
from provisioner.sandbox.settings import Settings

_HOST = "127.0.0.1"
_STOP_SECONDS = 2


class Server:
    """Serves from `__enter__` to `__exit__`, once; `url` is known before.

    Raises OSError where the port is taken or the state file is of no use, and SnapshotError where
    the seed is not.
    """

    def __init__(
        self,
        settings: Settings,
        state: Path | None = None,
        port: int = 0,
        *,
        seed: Snapshot | None = None,
        export: Export | None = None,
    ) -> None:
        self._socket = _listen(port)
        self.url = _url(self._socket)
        try:
            self.app: Starlette = create_app(settings, state, seed=seed, export=export)
        except BaseException:
            self._socket.close()
            raise
        self._ready = threading.Event()
        self._server = _Uvicorn(self.app, self._ready.set)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if not self._server.started:
            self._socket.close()
            raise RuntimeError("the sandbox did not start")
        return self

    def _run(self) -> None:
        try:
            self._server.run([self._socket])
        finally:
            # Whoever waits for it hears of a failed start as well.
            self._ready.set()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def serve(app: Callable[[], Starlette], port: int, ready: Callable[[str], None]) -> None:
    """Serves what `app` makes until SIGINT or SIGTERM, which is raised again then; `ready` gets the
    URL.

    Must be called in the main thread. Raises OSError where the port is taken.
    """
    with contextlib.closing(_listen(port)) as listening:
        _Uvicorn(app(), lambda: ready(_url(listening))).run([listening])


def _listen(port: int) -> socket.socket:
    # asyncio switches Nagle's algorithm off only where the protocol is named; on, it adds 40 ms
    # to each answer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _url(listening: socket.socket) -> str:
    return f"http://{_HOST}:{listening.getsockname()[1]}"


class _Uvicorn(uvicorn.Server):
    def __init__(self, app: Starlette, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="none",
                lifespan="on",
                log_config=None,
                log_level="error",
                access_log=False,
                date_header=False,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )
        self._ready = ready
        self._end_streams: Callable[[], None] = app.state.end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


class _Protocol(H11Protocol):
    """Lets the application close the connection, which ASGI has no word for."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        inner = self.app

        async def with_close(scope: Scope, receive: Receive, send: Send) -> None:
            extended = {**scope, "extensions": {CLOSE: self.transport.close}}
            await inner(extended, receive, send)

        self.app = with_close
