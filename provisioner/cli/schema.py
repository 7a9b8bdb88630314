"""`provisioner schema`: the JSON Schemas of what goes in and of what comes out."""

from __future__ import annotations

import click

from provisioner.cli.output import print_json
from provisioner.resources import resource_types
from provisioner.spec import spec_schema
from provisioner.views.events_schema import events_schema
from provisioner.views.plan_schema import plan_schema

SCHEMAS = {
    "spec": lambda: spec_schema(resource_types()),
    "plan": plan_schema,
    "events": events_schema,
}


@click.command(name="schema")
@click.argument("name", type=click.Choice([*SCHEMAS]), default="spec", metavar="[NAME]")
@click.option("--json", "as_json", is_flag=True, help="The same; it is JSON in any case.")
def command(name: str, as_json: bool) -> None:
    """Print the JSON Schema (2020-12) of the spec, or of `plan` or `events`: what `plan --json`
    and `apply --json` print."""
    print_json(SCHEMAS[name]())
