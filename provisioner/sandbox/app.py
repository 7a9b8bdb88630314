"""The account as an ASGI application: which path leads where, and who may take it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router

from provisioner.sandbox.agenda import schedule
from provisioner.sandbox.auth import grant_token, identify
from provisioner.sandbox.control import mount_control
from provisioner.sandbox.control_calls import Control
from provisioner.sandbox.errors import Denial, Refusal
from provisioner.sandbox.exchange import Answer, Call
from provisioner.sandbox.faults import Fault, Faults
from provisioner.sandbox.gate import Gate
from provisioner.sandbox.log import Log
from provisioner.sandbox.messaging import mount_messaging
from provisioner.sandbox.numbering import E164, NATIONAL, Notation
from provisioner.sandbox.pace import Pace
from provisioner.sandbox.past import Past
from provisioner.sandbox.routes import ROUTES, V1_ROUTES, V2_ROUTES, Row
from provisioner.sandbox.settings import Settings
from provisioner.sandbox.settlement import settle_due
from provisioner.sandbox.snapshots import Snapshot, SnapshotError, is_empty, load_snapshot
from provisioner.sandbox.state import State

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


def create_app(
    settings: Settings,
    state: Path | None = None,
    *,
    faults: Iterable[Fault] = (),
    seed: Snapshot | None = None,
) -> Starlette:
    """The account of these settings, kept in the file `state`, or in memory only; new ones begin as
    the `seed` says.

    `app.state.log`, `.faults` and `.memory` are there for tests. The database is closed at the end
    of the application's lifespan, so an application serves once. Raises OSError where the file is
    of no use, and SnapshotError where the seed is not.
    """
    memory = State(settings, state)
    try:
        _begin(memory, seed)
    except SnapshotError:
        memory.close()
        raise
    log, rules = Log(), Faults()
    for fault in faults:
        rules.add(fault)
    past = Past(memory, _account, rules.need_the_past)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        past.forget()
        memory.close()

    control = mount_control(Control(memory, rules, log, past, seed))
    gate = Middleware(
        Gate, private=f"{control.path}/", settings=settings, faults=rules, log=log, past=past
    )
    app = Starlette(
        routes=[control, *_routes(memory)],
        middleware=[gate],
        exception_handlers={HTTPException: _without_body},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.log = log
    app.state.faults = rules
    app.state.memory = memory
    return app


def _begin(memory: State, seed: Snapshot | None) -> None:
    with memory.transaction():
        if seed is not None:
            if not is_empty(memory):
                raise SnapshotError("the state file is in use already: leave the seed out")
            load_snapshot(seed, memory)
        # The settings may have more in stock than those of the file's last run.
        schedule("restock", "", memory.now(), memory)


def _account(memory: State) -> Starlette:
    """The account alone, without faults and control."""
    app = Starlette(routes=_routes(memory), exception_handlers={HTTPException: _without_body})
    app.router.redirect_slashes = False
    return app


def _routes(memory: State) -> list[BaseRoute]:
    pace = Pace(memory.settings)

    async def token(request: Request) -> Response:
        body = await request.body()
        with memory.transaction():
            return _response(grant_token(_authorization(request), body, memory))

    return [
        Route("/api/v1/oauth2/token", token, methods=["POST"]),
        mount_messaging(memory),
        *(
            Mount(prefix, app=_router(prefix, notation, rows, memory, pace))
            for prefix, (notation, rows) in _PREFIXES.items()
        ),
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
    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            pace.admit()
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


async def _without_body(request: Request, error: Exception) -> Response:  # noqa: ARG001 -- Starlette's signature
    """Unknown paths and methods."""
    return Response(status_code=error.status_code if isinstance(error, HTTPException) else 500)
