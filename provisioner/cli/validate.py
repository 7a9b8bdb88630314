"""`provisioner validate`: everything that can be said about the files without the account."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from provisioner.cli import options, report_options
from provisioner.cli.output import (
    is_on_github,
    print_problems,
    print_problems_as_json,
    telling_also,
    told_errors,
)
from provisioner.cli.reading import read_spec
from provisioner.errors import Problem


@click.command(name="validate")
@options.specs
@options.as_json
@report_options.of_problems
def command(
    specs: tuple[Path, ...],
    as_json: bool,
    reports: report_options.Reports,
    filling: options.Filling,
) -> None:
    """Check spec files or folders (default: provisioner.yaml). Sends nothing, needs no account."""
    paths = options.spec_paths(specs)
    tell = telling_also(
        print_problems_as_json if as_json else print_problems,
        lambda problems: _write_reports(reports, problems, [str(each) for each in paths]),
    )
    with told_errors(tell):
        desired = read_spec(paths, filling).desired
        if as_json:
            print_problems_as_json(desired.warnings)
        else:
            if desired.warnings:
                print_problems(desired.warnings)
            number = len(desired.resources)
            resources = f"{number} resource{'' if number == 1 else 's'}"
            click.echo(f"Valid: {resources} in {', '.join(desired.files)}.")
        _write_reports(reports, desired.warnings, desired.files)


def _write_reports(
    reports: report_options.Reports, problems: Sequence[Problem], files: Sequence[str]
) -> None:
    """What draws them takes longer to load than most specs to check."""
    if reports != report_options.Reports() or is_on_github():
        from provisioner.cli.reports import write_validation_reports

        write_validation_reports(reports, problems, files)
