"""Who may see the sandbox's own pages and control it: programs on this machine, and no other.

They take no credentials, so a request that a browser sends for a page of elsewhere is refused
(403), be it by the name that the page gave this machine (`Host`) or by the page's own (`Origin`).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_HERE = ("127.0.0.1", "localhost", "::1")


class OnlyHere:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if not _is_from_here(Request(scope)):
            app = JSONResponse({"error": "this is for programs on this machine only"}, 403)
        await app(scope, receive, send)


def _is_from_here(request: Request) -> bool:
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    named = [f"//{host}"] if origin is None else [f"//{host}", origin]
    return all(_host_of(url) in _HERE for url in named)


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
