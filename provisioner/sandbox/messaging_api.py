"""The messaging API as a part of the application: its calls, a row each, and how they answer.

Everything is JSON, errors included. Unknown paths and methods have a shape of their own (vendor
guide for 404; the same for 405 is an assumption).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from provisioner.sandbox.calls import beta
from provisioner.sandbox.calls.auth import identify_sender
from provisioner.sandbox.calls.exchange import Answer
from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.settings import Login
from provisioner.sandbox.settlement import settle_all
from provisioner.sandbox.traffic.media import delete_media, get_media, list_media, put_media
from provisioner.sandbox.traffic.message_list import list_messages
from provisioner.sandbox.traffic.messages import create_message
from provisioner.sandbox.traffic.messaging_call import MessagingCall, MessagingHandler, json_answer
from provisioner.sandbox.traffic.rejections import (
    Rejection,
    forbidden,
    not_acceptable,
    too_many_searches,
    unauthorized,
    unsupported,
)

_PATH = "/api/v2/users"
_JSON = "application/json"
_SEARCH_SECONDS = 300


@dataclass(frozen=True, slots=True)
class _Row:
    """`reads` and `writes` are the media types of the bodies in and out; empty is any, or none.
    `paced` calls count against the limit on searches."""

    method: str
    path: str
    handler: MessagingHandler
    reads: str = ""
    writes: str = ""
    paced: bool = False


_MESSAGES = "/{user}/messages"
_ALL_MEDIA = "/{user}/media"
_MEDIA = "/{user}/media/{media:path}"

_ROWS = (
    _Row("POST", _MESSAGES, create_message, reads=_JSON, writes=_JSON),
    _Row("GET", _MESSAGES, list_messages, writes=_JSON, paced=True),
    _Row("GET", _ALL_MEDIA, list_media, writes=_JSON),
    _Row("PUT", _MEDIA, put_media),
    _Row("GET", _MEDIA, get_media),
    _Row("DELETE", _MEDIA, delete_media),
)


def mount_messaging(state: State) -> Mount:
    """Stands before any mount whose path it begins with."""
    path = beta.MESSAGING_PATH if beta.is_beta(state) else _PATH
    searches = _Searches(state)
    routes = [
        Route(row.path, _endpoint(row, path, searches, state), methods=[row.method])
        for row in _ROWS
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _no_such_call(state)})
    app.router.redirect_slashes = False
    return Mount(path, app=app)


def messages_path(login: Login, state: State) -> str:
    """Where this account's messages go."""
    if beta.is_beta(state):
        return f"{beta.MESSAGING_PATH}/{login.user_id or login.account}/messages"
    return f"{_PATH}/{login.account}/messages"


def _endpoint(
    row: _Row, path: str, searches: _Searches, state: State
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            settle_all(state)
            if row.paced:
                searches.admit()
            with state.transaction():
                call = _admit(request, body, path, state)
                _check_types(row, request)
                return _response(row.handler(call, state))
        except Rejection as rejection:
            return _response(json_answer(rejection.content, rejection.status, rejection.headers))

    return answer


def _admit(request: Request, body: bytes, path: str, state: State) -> MessagingCall:
    """The call, if its credentials hold (401) and its account is theirs (403)."""
    caller = identify_sender(request.headers.get("authorization", ""), state)
    if caller is None:
        raise unauthorized()
    user = request.path_params["user"]
    account = _account_of(user, state)
    if account not in caller.accounts:
        raise forbidden()
    return MessagingCall(
        account=account,
        url=f"{request.url.scheme}://{request.url.netloc}{path}/{user}",
        parameters=request.path_params,
        query=dict(request.query_params),
        headers=dict(request.headers),
        body=body,
    )


def _account_of(user: str, state: State) -> str:
    """The beta guide's path names a user, all others the account itself."""
    if not beta.is_beta(state):
        return user
    logins = state.settings.logins
    return next((each.account for each in logins if user == (each.user_id or each.account)), "")


def _check_types(row: _Row, request: Request) -> None:
    wanted = request.headers.get("accept", "*/*")
    accepted = {each.partition(";")[0].strip().lower() for each in wanted.split(",")}
    if row.writes and not accepted & {row.writes, "application/*", "*/*"}:
        raise not_acceptable(wanted)
    sent = request.headers.get("content-type", "")
    if row.reads and sent.partition(";")[0].strip().lower() != row.reads:
        raise unsupported(sent, row.reads)


class _Searches:
    """The limit on searches for messages, in windows of five minutes (vendor interface
    description: an address has one; here all callers share it)."""

    def __init__(self, state: State) -> None:
        self._settings = state.settings
        self._window = 0
        self._seen = 0

    def admit(self) -> None:
        window = int(self._settings.now() // _SEARCH_SECONDS)
        self._seen = self._seen + 1 if window == self._window else 1
        self._window = window
        most = self._settings.message_searches
        if self._seen > most:
            raise too_many_searches(most, _SEARCH_SECONDS)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


def _no_such_call(state: State) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
        content = {
            "timestamp": timestamp(state.now()),
            "status": status,
            "error": status.phrase,
            "message": status.phrase,
            "path": request.url.path,
        }
        return _response(json_answer(content, status))

    return answer
