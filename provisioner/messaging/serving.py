"""The listener on a socket: TLS or not, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from provisioner.errors import SettingsError

_BACKLOG = 2048
_MOST_CONNECTIONS = 1000
_HEADER_SECONDS = 10.0
_STOP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files; the key may be in the certificate's."""

    path: Path
    key: Path | None = None


def listen_on(host: str, port: int) -> socket.socket:
    """Raises SettingsError where the address cannot be had; port 0 is any that is free."""
    try:
        # asyncio switches Nagle's algorithm off only where the protocol is named.
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"Cannot listen on {host}: {error.strerror}.") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"Cannot listen on {host}, port {port}: {error.strerror}. Try another --port."
        ) from None
    return listening


def address_of(listening: socket.socket, certificate: Certificate | None) -> str:
    """The URL that this machine reaches it by."""
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"{'http' if certificate is None else 'https'}://{shown}:{port}"


async def serve(config: uvicorn.Config, listening: socket.socket, stop: asyncio.Event) -> None:
    """Until `stop` is set; what is being answered then is answered."""
    server = _Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    server.should_exit = True
    await serving


def configure(app: ASGIApp, certificate: Certificate | None) -> uvicorn.Config:
    """Raises SettingsError where the certificate is of no use."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_STOP_SECONDS,
        ssl_certfile=None if certificate is None else certificate.path,
        ssl_keyfile=None if certificate is None else certificate.key,
        # A password would be asked for on the terminal, and nobody might be there.
        ssl_keyfile_password="",
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"The certificate cannot be used: {error.strerror or error}. --tls-cert and --tls-key "
            "take PEM files; the key must be that of the certificate, without a password."
        ) from None
    return config


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the caller's."""
        yield


class _Protocol(H11Protocol):
    """Closes a connection on which nothing is asked for too long."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._silence = self.loop.call_later(_HEADER_SECONDS, self._close_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        self._silence.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self) -> None:
        """`cycle` is the request that is being answered, or was last."""
        if getattr(self, "cycle", None) is None:
            self.transport.close()
