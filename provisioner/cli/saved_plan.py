"""Saved plans: files that `plan --out` writes, and that `apply` carries out."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from provisioner import __version__
from provisioner.account.client import Client
from provisioner.account.intents import Made
from provisioner.account.touched import read_touched
from provisioner.cli.carrying_out import ReadAndPlan
from provisioner.cli.connection_options import Reaching
from provisioner.cli.options import Filling
from provisioner.cli.progress import timestamp
from provisioner.cli.reading import environment, is_saved_plan
from provisioner.cli.session import Session, clock_of_run, open_connection, secrets_of
from provisioner.cli.tracing import show_requests
from provisioner.errors import BadSavedPlan, PlanRefused, Problem, SettingsError, Severity
from provisioner.model import DesiredState, LiveState, Secret
from provisioner.planning import Plan
from provisioner.planning.saved import SavedPlan, touched_state
from provisioner.planning.staleness import remaining_plan
from provisioner.resource_type import Types
from provisioner.resources import resource_types
from provisioner.spec.saved_secrets import can_be_read_again, read_again
from provisioner.spec.settings import ACCOUNT_VARIABLE
from provisioner.views.wording import count


def write_saved_plan(path: Path, saved: SavedPlan, desired: DesiredState) -> None:
    """For this user only: it decides what is bought. The file is there as a whole or not at all.

    Raises PlanRefused where a secret could not be read again by its name, and SettingsError.
    """
    from provisioner.views.saved_plan import saved_plan_document

    problems = [*_secrets_out_of_reach(saved, desired)]
    if problems:
        raise PlanRefused(problems)
    if not path.parent.is_dir():
        raise SettingsError(f"The plan cannot be saved to {path}: there is no such folder.")
    document = saved_plan_document(saved, desired, created_at=timestamp(), tool_version=__version__)
    # Made for its owner alone (mode 0600), beside what it replaces.
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        try:
            file.write(json.dumps(document, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink()
            raise


def _secrets_out_of_reach(saved: SavedPlan, desired: DesiredState) -> Iterator[Problem]:
    for step in saved.steps:
        after = step.step.change.after
        for path, value in after.attributes.items() if after else ():
            if isinstance(value, Secret) and not can_be_read_again(value.name):
                yield Problem(
                    Severity.ERROR,
                    "not-savable",
                    "This plan cannot be saved",
                    f"{path} of {step.address} would have to stand in the file, or to be had by a "
                    f"command ({value.name}). A saved plan has neither: take it from `${{NAME}}`, "
                    "`${file:PATH}` or `${keyring:SERVICE/NAME}`, or apply the spec itself.",
                    desired.origin(step.address, path),
                )


def find_saved_plan(paths: tuple[Path, ...]) -> Path | None:
    """The saved plan among what is to be applied. Raises UsageError where it is not alone."""
    found = [path for path in paths if is_saved_plan(path)]
    if found and len(paths) > 1:
        raise click.UsageError(f"{found[0]} is a saved plan: it is applied alone.")
    return found[0] if found else None


@contextlib.contextmanager
def open_saved_plan(
    path: Path,
    *,
    filling: Filling,
    reaching: Reaching,
    settle: float,
    quiet: bool,
    **chosen: Any,
) -> Iterator[tuple[Session, ReadAndPlan]]:
    """`chosen` are the options of planning, which was done. Raises BadSavedPlan and SettingsError
    before anything is sent, and what it yields PlanRefused where the account was changed meanwhile.
    """
    if filling.makes_another_spec or any(chosen.values()):
        raise click.UsageError(
            "A saved plan is what it is: leave out everything that would make it another one, such "
            "as --var, --target and --resend-secrets."
        )
    show_requests(reaching.trace)
    types, environ = resource_types(), environment(filling.env_files)
    saved = _read(path, types, environ)
    _see_that_account_is_meant(saved, environ)
    desired = touched_state(saved, types)
    with open_connection(
        environ,
        desired.account,
        reaching,
        secrets=secrets_of(desired),
    ) as connection:
        if connection.identity != saved.plan.origin:
            raise SettingsError(
                f"The saved plan is for {saved.plan.origin}, and this run would go to "
                f"{connection.identity}. Set BW_API_URL (or --sandbox) as it was when the plan was "
                "made."
            )
        session = Session(
            desired,
            types,
            connection,
            reaching.parallelism,
            settle,
            clock_of_run(),
            saved.overridden_because,
            trace=reaching.trace,
            quiet=quiet,
        )
        yield session, functools.partial(_read_what_is_left, saved)


async def _read_what_is_left(
    saved: SavedPlan, session: Session, client: Client, made: Collection[Made]
) -> tuple[LiveState, Plan]:
    """Reads what the plan touches again."""
    types = session.types
    async with session.told_of_reading(client):
        live = await read_touched(saved, client, types, settle=session.settle, made=made)
    plan = remaining_plan(saved, live, types)
    done = len(saved.steps) - len(plan.steps)
    if done and not session.quiet:
        steps = count(len(saved.steps), "step")
        click.echo(f"Done already: {done} of {steps} of the saved plan.", err=True)
    return live, plan


def _read(path: Path, types: Types, environ: Mapping[str, str]) -> SavedPlan:
    from provisioner.views.saved_plan import read_saved_plan

    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        return read_saved_plan(text, types, functools.partial(read_again, environ))
    except BadSavedPlan as fault:
        raise BadSavedPlan(f"{path}: {fault} Nothing was sent.") from None


def _see_that_account_is_meant(saved: SavedPlan, environ: Mapping[str, str]) -> None:
    given = environ.get(ACCOUNT_VARIABLE)
    if given and given != saved.plan.account:
        raise SettingsError(
            f"The saved plan is for account {saved.plan.account}, and {ACCOUNT_VARIABLE} is "
            f"{given}. Unset it, or apply the plan that was made for that account."
        )
