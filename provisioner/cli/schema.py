"""`provisioner schema`: the JSON Schema of the spec, for editors and other programs."""

from __future__ import annotations

import click

from provisioner.cli.output import print_json
from provisioner.resources import resource_types
from provisioner.spec import spec_schema


@click.command(name="schema")
@click.option("--json", "as_json", is_flag=True, help="The same; it is JSON in any case.")
def command(as_json: bool) -> None:
    """Print the JSON Schema (2020-12) of the spec."""
    print_json(spec_schema(resource_types()))
