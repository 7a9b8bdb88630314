"""What cannot be undone is agreed to by typing what it is about."""

from __future__ import annotations

import sys

import click

from provisioner.cli.signals import interruptible
from provisioner.errors import SettingsError


def typed(question: str, wanted: str, *, without: str) -> bool:
    """Whether somebody typed just that. `without` says what to do where there is no terminal."""
    if not sys.stdin.isatty():
        raise SettingsError(f"There is no terminal to ask on. {without}")
    try:
        with interruptible():
            said: str = click.prompt(question, default="", show_default=False, err=True)
    except click.Abort:
        # It stands for Ctrl-C, and for a terminal that closed: neither is a failure.
        raise KeyboardInterrupt from None
    if said.strip() != wanted:
        click.echo(f"That is not {wanted}.", err=True)
        return False
    return True
