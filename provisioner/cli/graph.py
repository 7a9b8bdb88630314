"""`provisioner graph`: what is declared and how it is connected."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.output import print_problems, told_errors
from provisioner.cli.reading import read_spec_without_secrets
from provisioner.resources import resource_types
from provisioner.views.graph import Format, render_graph


@click.command(name="graph")
@options.specs
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Format]),
    default=Format.MERMAID.value,
    show_default=True,
    help="What to print: Mermaid, which GitHub and GitLab draw, or DOT for Graphviz.",
)
def command(specs: tuple[Path, ...], form: str, filling: options.Filling) -> None:
    """Print what the spec declares, and how it is connected, as a graph. Asks no account."""
    with told_errors(print_problems):
        desired = read_spec_without_secrets(options.spec_paths(specs), filling).desired
        click.echo(render_graph(desired, resource_types(), Format(form)))
