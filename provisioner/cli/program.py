"""The program and its commands, each imported only when it is called."""

from __future__ import annotations

import gc
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from provisioner import __version__
from provisioner.cli.exits import ERROR, INTERRUPTED

if TYPE_CHECKING:
    from provisioner.account.clock import Clock

ALLOCATED_BETWEEN_COLLECTIONS = 100_000
"""Nearly all that a command allocates stays until its end: looking for garbage after every 700
takes a quarter of the time that a large spec takes."""
COMMANDS = {
    "init": "Write a spec to begin with, and a pipeline.",
    "validate": "Check spec files, offline.",
    "plan": "Show what apply would do.",
    "apply": "Make the account as the spec says.",
    "destroy": "Take away everything that the spec declares.",
    "release": "Give numbers back, or close a back order.",
    "drift": "Tell what in the account is not as declared.",
    "show": "Print ids, numbers and open orders of what the spec declares.",
    "export": "Print the live account as a spec.",
    "graph": "Draw what the spec declares, as Mermaid or DOT.",
    "listen": "Take the callbacks of an application: keep, show and pass them on.",
    "history": "List earlier runs of apply, and show what each did.",
    "unlock": "End the lease of a run that is gone for good.",
    "verify": "Tell whether messages would be delivered, and what to do where not.",
    "send": "Send messages, once, and follow them to delivery.",
    "schema": "Print the JSON Schema of the spec.",
    "sandbox": "Serve an account on this machine for anything that speaks the API.",
}


class Commands(click.Group):
    """Knows its commands by name, so that help and `--version` import none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"provisioner.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.UsageError(
                f"{error.format_message()} `provisioner --help` lists them."
            ) from None


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="provisioner", message="%(prog)s %(version)s")
def program() -> None:
    """Sets up messaging accounts from a file: applications, sites, locations and numbers.

    `plan` shows what would change, `apply` does just that, and doing it again changes nothing.
    """


def run(arguments: Sequence[str] | None, clock: Clock | None) -> None:
    """Runs the command line and exits. Usage errors exit with 1, as all errors before a write.

    `clock` is the time that it goes by, if that is not the machine's own.
    """
    gc.set_threshold(ALLOCATED_BETWEEN_COLLECTIONS)
    # httpx loads its own command line when it is imported, and all of rich for it, if it can.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: not to be had
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a character shows something else in its place.
            stream.reconfigure(errors="replace")
    # From here on SIGTERM and a closed terminal do what Ctrl-C does at that moment. Shells have
    # background jobs ignore SIGINT, which must not be; `nohup` means what it says.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        program.main(arguments, standalone_mode=False, obj=clock)
    except click.ClickException as error:
        error.show()
        sys.exit(ERROR)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(INTERRUPTED)
    finally:
        _let_go_of_output()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)


def _open_what_is_closed() -> None:
    """A standard stream that the caller closed (`>&-`) is None: nobody listens, nobody asks."""
    nowhere = Path(os.devnull)
    sys.stdin = sys.stdin or nowhere.open()
    sys.stdout = sys.stdout or nowhere.open("w")
    sys.stderr = sys.stderr or nowhere.open("w")


def _let_go_of_output() -> None:
    """What nobody can be told any more must not change the exit code, as Python's own try would."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
