"""The account as an ASGI application: which path leads where, and who may take it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router

from provisioner.sandbox import markup
from provisioner.sandbox.auth import admit, grant_token
from provisioner.sandbox.errors import Denial, Refusal
from provisioner.sandbox.exchange import XML, Answer, Call
from provisioner.sandbox.faults import Faults
from provisioner.sandbox.gate import Gate
from provisioner.sandbox.log import Log
from provisioner.sandbox.pace import Pace
from provisioner.sandbox.routes import ROUTES, Row
from provisioner.sandbox.settings import Settings
from provisioner.sandbox.settlement import settle_due
from provisioner.sandbox.state import State

# All of them lead to v1 of the API; a longer one comes before the shorter that it begins with.
_PREFIXES = ("/api/v1.0", "/api/v1", "/api", "/v1.0")

Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(settings: Settings, state: Path | None = None) -> Starlette:
    """The account of these settings, kept in the file `state`, or in memory only.

    `app.state.log` and `app.state.faults` are there for tests. The database is closed at the end of
    the application's lifespan, so an application serves once.
    """
    memory = State(settings, state)
    pace = Pace(settings)
    log, faults = Log(), Faults()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        memory.close()

    async def token(request: Request) -> Response:
        body = await request.body()
        with memory.transaction():
            return _response(grant_token(_authorization(request), body, memory))

    mounts: list[BaseRoute] = [
        Mount(prefix, app=_router(prefix, memory, pace)) for prefix in _PREFIXES
    ]
    app = Starlette(
        routes=[Route("/api/v1/oauth2/token", token, methods=["POST"]), *mounts],
        middleware=[Middleware(Gate, latency=settings.latency, faults=faults, log=log)],
        exception_handlers={HTTPException: _without_body},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.log = log
    app.state.faults = faults
    return app


def _router(prefix: str, state: State, pace: Pace) -> Router:
    routes = [
        Route(row.path, _endpoint(row, prefix, state, pace), methods=[row.method]) for row in ROUTES
    ]
    return Router(routes, redirect_slashes=False)


def _endpoint(row: Row, prefix: str, state: State, pace: Pace) -> Endpoint:
    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            pace.admit()
            with state.transaction():
                settle_due(state)
            with state.transaction():
                call = _admit(request, body, prefix, state)
                return _response(row.handler(call, state))
        except Refusal as refusal:
            content = markup.render(row.envelope(refusal))
            return Response(content, refusal.status, {"content-type": XML})
        except Denial as denial:
            return Response(status_code=denial.status, headers=denial.headers)

    return answer


def _admit(request: Request, body: bytes, prefix: str, state: State) -> Call:
    """The call, if its credentials hold (401) and its account is theirs (403)."""
    user = admit(_authorization(request), state)
    account = request.path_params.get("account", state.settings.account)
    if account != state.settings.account:
        raise Denial(403)
    return Call(
        account=account,
        user=user,
        root=f"{request.url.scheme}://{request.url.netloc}{prefix}",
        parameters=request.path_params,
        query=dict(request.query_params),
        body=body,
    )


def _authorization(request: Request) -> str:
    return request.headers.get("authorization", "")


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


async def _without_body(request: Request, error: Exception) -> Response:  # noqa: ARG001 -- Starlette's signature
    """Unknown paths and methods."""
    return Response(status_code=error.status_code if isinstance(error, HTTPException) else 500)
