"""The account as an ASGI application: its parts, put together."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from provisioner.sandbox.admin.control import PATH, mount_control
from provisioner.sandbox.admin.control_call import Control, Export
from provisioner.sandbox.calls.log import Log
from provisioner.sandbox.courier import run_courier
from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.failures.faults import Fault
from provisioner.sandbox.gate import Gate
from provisioner.sandbox.memory.agenda import schedule
from provisioner.sandbox.memory.past import Past
from provisioner.sandbox.memory.snapshots import (
    Snapshot,
    SnapshotError,
    find_stranger,
    is_empty,
    load_snapshot,
)
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.messaging_api import mount_messaging
from provisioner.sandbox.numbers.campaigns import find, set_campaign
from provisioner.sandbox.numbers_api import mount_numbers, token_route
from provisioner.sandbox.settings import Settings
from provisioner.sandbox.web.browser import EVENTS, VIEWS, beside, front_page
from provisioner.sandbox.web.live import Live
from provisioner.sandbox.web.sending import Sending


def create_app(
    settings: Settings,
    state: Path | None = None,
    *,
    faults: Iterable[Fault] = (),
    seed: Snapshot | None = None,
    export: Export | None = None,
) -> Starlette:
    """The account of these settings, kept in the file `state`, or in memory only; new ones begin as
    the `seed` says. With an `export` the page offers the account as a spec.

    `app.state.log`, `.faults` and `.memory` are there for tests, `.end_streams` is to be called
    when the server begins to stop: it would wait for the pages that are open. The
    database is closed at the end of the application's lifespan, so an application serves once.
    Raises OSError where the file is of no use, and SnapshotError where the seed is not.
    """
    memory = State(settings, state)
    try:
        _begin(memory, state, seed)
    except (OSError, SnapshotError):
        memory.close()
        raise
    log, rules = Log(), Faults()
    for fault in faults:
        rules.add(fault)
    past = Past(memory, _account, rules.need_the_past)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with run_courier(memory, rules):
            yield
        past.forget()
        memory.close()

    controlled = Control(memory, rules, log, seed, export)
    live, sending = Live(controlled), Sending(controlled, lambda: app)
    control = mount_control(controlled, VIEWS, beside(controlled, live, sending))
    gate = Middleware(
        Gate,
        private=_is_private,
        streams=[EVENTS],
        settings=settings,
        faults=rules,
        log=log,
        past=past,
    )
    app = Starlette(
        routes=[front_page(), control, *_routes(memory)],
        middleware=[gate],
        exception_handlers={HTTPException: _without_body},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.log = log
    app.state.faults = rules
    app.state.memory = memory
    app.state.end_streams = live.end
    return app


def _is_private(path: str) -> bool:
    return path == "/" or path.startswith(f"{PATH}/")


def _begin(memory: State, file: Path | None, seed: Snapshot | None) -> None:
    with memory.transaction():
        stranger = find_stranger(memory)
        if stranger is not None:
            raise OSError(errno.EINVAL, stranger, str(file))
        if seed is not None:
            if not is_empty(memory):
                raise SnapshotError("the state file is in use already: leave the seed out")
            load_snapshot(seed, memory)
        _register_campaigns(memory)
        # The settings may have more in stock than those of the file's last run.
        schedule("restock", "", memory.now(), memory)


def _register_campaigns(memory: State) -> None:
    account = memory.settings.account
    for campaign in memory.settings.campaigns:
        if find(campaign, account, memory) is None:
            set_campaign(account, campaign, memory, status="ACTIVE", fields={})


def _account(memory: State) -> Starlette:
    """The account alone, without faults and control."""
    app = Starlette(routes=_routes(memory), exception_handlers={HTTPException: _without_body})
    app.router.redirect_slashes = False
    return app


def _routes(memory: State) -> list[BaseRoute]:
    """Messaging stands before the mounts whose path it begins with."""
    return [token_route(memory), mount_messaging(memory), *mount_numbers(memory)]


async def _without_body(request: Request, error: Exception) -> Response:  # noqa: ARG001 -- Starlette's signature
    """Unknown paths and methods."""
    return Response(status_code=error.status_code if isinstance(error, HTTPException) else 500)
