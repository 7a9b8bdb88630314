"""The numbers API as a part of the application: its versions, who may call, how it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from provisioner.sandbox.calls.auth import grant_token, identify
from provisioner.sandbox.calls.errors import Denial, Refusal
from provisioner.sandbox.calls.exchange import Answer, Call
from provisioner.sandbox.calls.numbering import E164, NATIONAL, Notation
from provisioner.sandbox.calls.pace import Pace, category
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.routes import ROUTES, V1_ROUTES, V2_ROUTES, Row
from provisioner.sandbox.settlement import settle_due

_V1 = (NATIONAL, (*ROUTES, *V1_ROUTES))
# What each leads to; a longer one comes before the shorter that it begins with.
_PREFIXES: Mapping[str, tuple[Notation, tuple[Row, ...]]] = MappingProxyType(
    {
        "/api/v2": (E164, (*ROUTES, *V2_ROUTES)),
        "/api/v1.0": _V1,
        "/api/v1": _V1,
        "/api": _V1,
        "/v1.0": _V1,
    }
)

Endpoint = Callable[[Request], Awaitable[Response]]


def token_route(state: State) -> Route:
    async def token(request: Request) -> Response:
        body = await request.body()
        with state.transaction():
            return _response(grant_token(_authorization(request), body, state))

    return Route("/api/v1/oauth2/token", token, methods=["POST"])


def mount_numbers(state: State) -> list[Mount]:
    """All versions; together they keep to the account's limits."""
    pace = Pace(state.settings)
    return [
        Mount(prefix, app=_router(prefix, notation, rows, state, pace))
        for prefix, (notation, rows) in _PREFIXES.items()
    ]


def _router(
    prefix: str, notation: Notation, rows: tuple[Row, ...], state: State, pace: Pace
) -> Router:
    routes = [
        Route(row.path, _endpoint(row, prefix, notation, state, pace), methods=[row.method])
        for row in rows
    ]
    return Router(routes, redirect_slashes=False)


def _endpoint(row: Row, prefix: str, notation: Notation, state: State, pace: Pace) -> Endpoint:
    counted_with = category(row.method, row.path)

    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            pace.admit(counted_with)
            with state.transaction():
                settle_due(state)
            with state.transaction():
                call = _admit(request, body, prefix, notation, state)
                return _response(row.handler(call, state))
        except Refusal as refusal:
            return _response(row.envelope(refusal))
        except Denial as denial:
            return Response(status_code=denial.status, headers=denial.headers)

    return answer


def _admit(request: Request, body: bytes, prefix: str, notation: Notation, state: State) -> Call:
    """The call, if its credentials hold (401) and its account is theirs (403)."""
    caller = identify(_authorization(request), state)
    if caller is None:
        raise Denial(401, {"www-authenticate": 'Basic realm="numbers"'})
    # Paths that begin with /tns name no account, but their query may.
    asked = request.query_params.get("accountId", caller.accounts[0])
    account = request.path_params.get("account", asked)
    if account not in caller.accounts:
        raise Denial(403)
    return Call(
        account=account,
        user=caller.user,
        root=f"{request.url.scheme}://{request.url.netloc}{prefix}",
        parameters=request.path_params,
        query=dict(request.query_params),
        body=body,
        notation=notation,
        accounts=caller.accounts,
    )


def _authorization(request: Request) -> str:
    return request.headers.get("authorization", "")


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)
