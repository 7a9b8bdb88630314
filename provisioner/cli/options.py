"""Options that several commands share, each declared once."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import click

DEFAULT_JOURNAL = Path(".provisioner/journal.sqlite3")
DEFAULT_SPEC = Path("provisioner.yaml")
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Filling:
    """What the spec files are filled in with. `env_files` are for the whole run, and the connection
    goes by them."""

    variables: Mapping[str, str] = field(repr=False)
    variable_files: tuple[Path, ...]
    env_files: tuple[Path, ...]
    allow_commands: bool

    @property
    def makes_another_spec(self) -> bool:
        """Whether a plan that was made before would be another one with it."""
        return bool(self.variables or self.variable_files or self.allow_commands)


class Finite(click.FloatRange):
    """A number in a range. `nan` and `inf` are none: nothing would ever be due."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


def _read_variables(
    _: click.Context, __: click.Parameter, said: tuple[str, ...]
) -> Mapping[str, str]:
    """Values by name, the last of a name. The value is not repeated in a refusal: see `--var`."""
    given = {}
    for each in said:
        name, equals, value = each.partition("=")
        if not (name and equals):
            raise click.BadParameter("it is written NAME=VALUE.")
        given[name] = value
    return given


def specs(command: Command) -> Command:
    """The spec files, and what they are filled in with."""
    argument = click.argument(
        "specs", nargs=-1, type=click.Path(path_type=Path), metavar="[SPEC]..."
    )
    return argument(filling_in(command))


def filling_in(command: Command) -> Command:
    """What the spec files are filled in with, gathered in one argument `filling`."""

    @functools.wraps(command)
    def gathered(
        *,
        variables: Mapping[str, str],
        variable_files: tuple[Path, ...],
        env_files: tuple[Path, ...],
        allow_commands: bool,
        **given: Any,
    ) -> Any:
        filling = Filling(variables, variable_files, env_files, allow_commands)
        return command(filling=filling, **given)

    gathering: Any = gathered
    for option in reversed(
        (
            click.option(
                "--var",
                "variables",
                multiple=True,
                callback=_read_variables,
                metavar="NAME=VALUE",
                help="The value of one of the spec's variables.",
            ),
            click.option(
                "--var-file",
                "variable_files",
                multiple=True,
                type=click.Path(path_type=Path),
                metavar="FILE",
                help="Values of the spec's variables, as YAML.",
            ),
            env_files,
            click.option(
                "--allow-commands",
                is_flag=True,
                help="Let the spec run the commands of its ${command:...}.",
            ),
        )
    ):
        gathering = option(gathering)
    return cast("Command", gathering)


def env_files(command: Command) -> Command:
    return click.option(
        "--env-file",
        "env_files",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="More of the environment, as lines of NAME=VALUE.",
    )(command)


def as_json(command: Command) -> Command:
    return click.option(
        "--json", "as_json", is_flag=True, help="Machine-readable output on standard output."
    )(command)


def detailed_exitcode(command: Command) -> Command:
    return click.option(
        "--detailed-exitcode", is_flag=True, help="Exit with 2 where there are changes."
    )(command)


def journal(command: Command) -> Command:
    return click.option(
        "--journal",
        type=click.Path(dir_okay=False, path_type=Path),
        default=DEFAULT_JOURNAL,
        show_default=True,
        metavar="FILE",
        help="Where it is recorded what was sent; on a local disk.",
    )(command)


def writing(command: Command) -> Command:
    """For commands that change the account: the journal, and the lease in it."""
    lock_timeout = click.option(
        "--lock-timeout",
        type=Finite(0),
        default=0.0,
        show_default=True,
        metavar="SECONDS",
        help="Longest wait for another run that changes this account.",
    )
    return journal(lock_timeout(command))


def quiet(command: Command) -> Command:
    return click.option(
        "-q", "--quiet", is_flag=True, help="No progress on standard error, only what came of it."
    )(command)


def order_timeout(command: Command) -> Command:
    return click.option(
        "--order-timeout",
        type=Finite(0),
        default=600.0,
        show_default=True,
        metavar="SECONDS",
        help="Longest wait for an order, from its placing; for one of an earlier run, from now.",
    )(command)


def planning(command: Command) -> Command:
    resend = click.option(
        "--resend-secrets",
        is_flag=True,
        help="Send passwords again, whether or not they are known to have changed.",
    )
    override = click.option(
        "--override-limits",
        metavar="REASON",
        default="",
        help="Go beyond the spec's limits, this once; the reason is kept in the history.",
    )
    verbose = click.option("--verbose", is_flag=True, help="Show what is unchanged, too.")
    target = click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="ADDRESS",
        help="Only this, what is part of it and what it needs; `*` stands for anything.",
    )
    exclude = click.option(
        "--exclude",
        "excludes",
        multiple=True,
        metavar="ADDRESS",
        help="Not this, nor what is part of it or needs it.",
    )
    return target(exclude(verbose(resend(override(command)))))


def waiting(command: Command) -> Command:
    wait = click.option("--wait", is_flag=True, help="Follow it until it is delivered or failed.")
    timeout = click.option(
        "--wait-timeout",
        type=Finite(0),
        default=120.0,
        show_default=True,
        metavar="SECONDS",
        help="Longest wait for the end of what was sent.",
    )
    store = click.option(
        "--store",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Follow by the callbacks that `listen` keeps in this file, not by the list.",
    )
    return wait(timeout(store(command)))


def spec_paths(given: tuple[Path, ...]) -> tuple[Path, ...]:
    return given or (DEFAULT_SPEC,)
