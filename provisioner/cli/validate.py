"""`provisioner validate`: everything that can be said about the files without the account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from provisioner.cli import options
from provisioner.cli.output import print_problems, print_problems_as_json, told_errors
from provisioner.cli.reading import read_spec


@click.command(name="validate")
@options.specs
@options.as_json
def command(specs: tuple[Path, ...], as_json: bool, **reading: Any) -> None:
    """Check spec files or folders (default: provisioner.yaml). Sends nothing, needs no account."""
    paths = options.spec_paths(specs)
    tell = print_problems_as_json if as_json else print_problems
    with told_errors(tell):
        desired = read_spec(paths, **reading).desired
        if as_json:
            print_problems_as_json(desired.warnings)
            return
        if desired.warnings:
            print_problems(desired.warnings)
        click.echo(f"Valid: {len(desired.resources)} resources in {', '.join(desired.files)}.")
