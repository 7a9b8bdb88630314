"""`/_sandbox/`: the sandbox as a toy, to be set up, broken and looked into. Everything is JSON.

It takes no credentials, so only programs on this machine may call it: a request that a browser
sends for a page of elsewhere is refused (403), be it by the name that the page gave this machine
(`Host`) or by the page's own (`Origin`).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from provisioner.sandbox.control_call import Control, ControlCall, ControlError, Row
from provisioner.sandbox.control_calls import ROWS
from provisioner.sandbox.settlement import settle_all

_PATH = "/_sandbox"
_HERE = ("127.0.0.1", "localhost", "::1")
_JSON = "application/json; charset=utf-8"


def mount_control(control: Control) -> Mount:
    routes = [Route(row.path, _endpoint(row, control), methods=[row.method]) for row in ROWS]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _no_such_call})
    app.router.redirect_slashes = False
    return Mount(_PATH, app=app)


def _endpoint(row: Row, control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            _refuse_strangers(request)
            call = ControlCall(request.path_params, dict(request.query_params), _read(body))
            settle_all(control.state)
            with control.state.transaction():
                content = row.handler(call, control)
        except ControlError as error:
            return _json(error.status, {"error": str(error)})
        return Response(status_code=204) if content is None else _json(200, content)

    return answer


def _refuse_strangers(request: Request) -> None:
    named = [f"//{request.headers.get('host', '')}", request.headers.get("origin", "//localhost")]
    for url in named:
        if _host_of(url) not in _HERE:
            raise ControlError("this is for programs on this machine only", status=403)


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _read(body: bytes) -> dict[str, object]:
    """The body, which may be left out."""
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise ControlError("the body is not JSON") from None
    if not isinstance(found, dict):
        raise ControlError("the body is not a JSON object")
    return found


async def _no_such_call(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    calls = ", ".join(f"{row.method} {_PATH}{row.path}" for row in ROWS)
    return _json(status, {"error": f"there is no such call; there are: {calls}"})


def _json(status: int, content: object) -> Response:
    return Response(json.dumps(content), status, media_type=_JSON)
