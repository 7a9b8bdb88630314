"""Options about reaching the account, and what they come to."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click

from provisioner.cli.options import Command, Finite


@dataclass(frozen=True, slots=True)
class Tracing:
    """`level` is how often `-v` was said; `har` where an archive goes."""

    level: int = 0
    as_json: bool = False
    har: Path | None = None


@dataclass(frozen=True, slots=True)
class Reaching:
    """`timeout` is the longest wait for one answer, in seconds."""

    sandbox: bool
    parallelism: int
    timeout: float
    allow_insecure_http: bool
    trace: Tracing


def reaching(command: Command) -> Command:
    """Everything about reaching the account, gathered in one argument `reaching`."""

    @functools.wraps(command)
    def gathered(
        *,
        sandbox: bool,
        parallelism: int,
        timeout: float,
        allow_insecure_http: bool,
        trace: int,
        log_format: str,
        har: Path | None,
        **given: Any,
    ) -> Any:
        tracing = Tracing(trace, log_format == "json", har)
        reaching = Reaching(sandbox, parallelism, timeout, allow_insecure_http, tracing)
        return command(reaching=reaching, **given)

    gathering: Any = gathered
    for option in reversed(
        (
            click.option(
                "--sandbox", is_flag=True, help="Use the embedded account; no credentials needed."
            ),
            click.option(
                "--parallelism",
                type=click.IntRange(1, 256),
                default=16,
                show_default=True,
                help="Most requests in flight at a time.",
            ),
            click.option(
                "--timeout",
                type=Finite(0.1),
                default=30.0,
                show_default=True,
                metavar="SECONDS",
                help="Longest wait for one answer.",
            ),
            click.option(
                "--allow-insecure-http",
                is_flag=True,
                help="Send credentials over plain http to a host that is not this machine.",
            ),
            click.option(
                "-v", "trace", count=True, help="Show each request; -vv with bodies, redacted."
            ),
            click.option(
                "--log-format",
                type=click.Choice(("text", "json")),
                default="text",
                show_default=True,
                help="How standard error tells of requests: as JSON, one object a line.",
            ),
            click.option(
                "--har",
                type=click.Path(dir_okay=False, path_type=Path),
                metavar="FILE",
                help="Write requests and answers as an HTTP archive, redacted.",
            ),
        )
    ):
        gathering = option(gathering)
    return cast("Command", gathering)


def connecting(command: Command) -> Command:
    """The same, and how far its lists can be relied on."""
    settle = click.option(
        "--settle",
        type=Finite(0),
        default=30.0,
        show_default=True,
        metavar="SECONDS",
        help="How long the account's lists may lag behind what was done.",
    )
    return reaching(settle(command))
