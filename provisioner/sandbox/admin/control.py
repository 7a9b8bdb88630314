"""`/_sandbox/`: the sandbox as a toy, to be set up, broken and looked into. Everything is JSON.

It takes no credentials: `locality` says who may call. What is below `/view/` is for the page in the
browser alone, and changes with it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from provisioner.sandbox.admin.control_call import Control, ControlCall, ControlError, Row
from provisioner.sandbox.admin.control_calls import ROWS
from provisioner.sandbox.admin.locality import OnlyHere
from provisioner.sandbox.settlement import settle_all

PATH = "/_sandbox"
_JSON = "application/json; charset=utf-8"


def mount_control(
    control: Control, views: Iterable[Row] = (), beside: Iterable[BaseRoute] = ()
) -> Mount:
    """`views` are the page's own calls; `beside` are routes that a row has no words for."""
    routes = [
        *beside,
        Mount("/view", routes=_routes(views, control)),
        *_routes(ROWS, control),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _no_such_call})
    app.router.redirect_slashes = False
    return Mount(PATH, app=OnlyHere(app))


def _routes(rows: Iterable[Row], control: Control) -> list[Route]:
    return [Route(row.path, _endpoint(row, control), methods=[row.method]) for row in rows]


def _endpoint(row: Row, control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            call = ControlCall(request.path_params, dict(request.query_params), read_body(body))
            settle_all(control.state)
            with control.state.transaction():
                content = row.handler(call, control)
        except ControlError as error:
            return answer_json({"error": str(error)}, error.status)
        return Response(status_code=204) if content is None else answer_json(content)

    return answer


def read_body(body: bytes) -> Mapping[str, object]:
    """The JSON object that a call may bring with it."""
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise ControlError("the body is not JSON") from None
    if not isinstance(found, dict):
        raise ControlError("the body is not a JSON object")
    return found


async def _no_such_call(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    calls = ", ".join(f"{row.method} {PATH}{row.path}" for row in ROWS)
    return answer_json({"error": f"there is no such call; there are: {calls}"}, status)


def answer_json(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content), status, media_type=_JSON)
