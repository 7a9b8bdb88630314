"""The sandbox in the browser: its files, and beside them what they need that is not a plain call.

The page is plain HTML, CSS and JavaScript, and gets all that it shows from `/_sandbox/view/`. Its
policy lets it load from the sandbox alone, run no script but its own files, write no markup, and be
shown in no frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from importlib.resources import files
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, request_response

from provisioner.sandbox.admin.control import PATH, answer_json
from provisioner.sandbox.admin.control_call import Control, ControlCall, ControlError, Export
from provisioner.sandbox.admin.locality import OnlyHere
from provisioner.sandbox.web import account_view, message_view, order_view, request_view
from provisioner.sandbox.web.har import make_har
from provisioner.sandbox.web.live import Live
from provisioner.sandbox.web.sending import Sending

VIEWS = (*account_view.ROWS, *order_view.ROWS, *message_view.ROWS, *request_view.ROWS)
EVENTS = f"{PATH}/events"

_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "connect-src 'self'; "
    "img-src 'self'; "
    "base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
_HEADERS = MappingProxyType(
    {
        "content-security-policy": _POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-cache",
    }
)
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "html": "text/html; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }
)
_FOLDER = files("provisioner.sandbox.web") / "page"


def front_page() -> Route:
    async def answer(_: Request) -> Response:
        return _file("index.html")

    return Route("/", OnlyHere(request_response(answer)), methods=["GET"])


def beside(control: Control, live: Live, sending: Sending) -> list[BaseRoute]:
    """What is below `/_sandbox` and not a row of calls."""

    async def show_file(request: Request) -> Response:
        return _file(request.path_params["name"])

    async def show_har(request: Request) -> Response:
        made = make_har(list(control.log), _origin(request))
        return _download(answer_json(made), "sandbox.web.har")

    routes = [
        Route("/page/{name}", show_file),
        Route("/events", live.answer),
        Route("/send", sending.answer, methods=["POST"]),
        Route("/har", show_har),
    ]
    if control.export is not None:
        routes.append(Route("/spec", _exporting(control, control.export)))
    return [*routes]


def _exporting(control: Control, export: Export) -> Callable[[Request], object]:
    async def show_spec(request: Request) -> Response:
        try:
            account = ControlCall({}, dict(request.query_params), {}).account(control)
        except ControlError as error:
            return answer_json({"error": str(error)}, error.status)
        try:
            text = await asyncio.to_thread(export, _origin(request), account)
        except Exception as error:  # noqa: BLE001 -- it reads over HTTP, where a fault may be armed
            return answer_json({"error": f"the account could not be read: {error}"}, 502)
        return _download(Response(text, media_type="application/yaml"), f"{account}.yaml")

    return show_spec


def _file(name: str) -> Response:
    kind = _TYPES.get(name.rpartition(".")[2])
    found = _FOLDER / name
    if kind is None or not found.is_file():
        raise HTTPException(404)
    return Response(found.read_bytes(), headers=_HEADERS, media_type=kind)


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _download(response: Response, name: str) -> Response:
    response.headers["content-disposition"] = f'attachment; filename="{name}"'
    return response
