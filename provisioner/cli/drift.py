"""`provisioner drift`: whether the account is still as declared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from provisioner.cli import connection_options, options, report_options
from provisioner.cli.exits import CHANGES
from provisioner.cli.output import (
    paint_for,
    print_problems,
    print_refusal_as_json_line,
    telling_also,
    told_errors,
    width,
)
from provisioner.cli.plan import plan_for_account, print_plan_as_json
from provisioner.cli.reports import write_plan_reports, write_refusal_reports
from provisioner.views.drift import render_drift
from provisioner.views.junit import drift_junit


@click.command(name="drift")
@options.specs
@connection_options.connecting
@options.quiet
@options.journal
@options.as_json
@report_options.of_plan
def command(
    specs: tuple[Path, ...], as_json: bool, reports: report_options.Reports, **connecting: Any
) -> None:
    """Tell what in the account is not as declared, and exit with 2 if anything is not."""
    paths = options.spec_paths(specs)
    tell = telling_also(
        print_refusal_as_json_line if as_json else print_problems,
        lambda problems: write_refusal_reports(reports, "drift", problems, paths),
    )
    with told_errors(tell):
        planned = plan_for_account(paths, **connecting)
        if as_json:
            print_plan_as_json(planned)
        else:
            paint = paint_for(sys.stdout)
            click.echo(render_drift(planned.plan, planned.types, width=width(), paint=paint))
        write_plan_reports(
            reports, planned.plan, planned.desired, planned.types, as_junit=drift_junit
        )
    if planned.plan.has_changes:
        sys.exit(CHANGES)
