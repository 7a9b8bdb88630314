"""What `init` asks, and what it takes for an answer: whatever the spec would."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click

from provisioner.errors import Origin
from provisioner.resources import resource_types
from provisioner.spec.nodes import Entry, Scalar, Table
from provisioner.spec.schema import value_schema
from provisioner.spec.settings import ACCOUNT_VARIABLE
from provisioner.spec.starter import Start
from provisioner.spec.validation import schema_problems
from provisioner.spec.values import DECIMAL, UNWANTED
from provisioner.spec.wording import key_quoted

Schema = Mapping[str, Any]
EXAMPLE = Start()

ADDRESS_QUESTIONS = {
    "house_number": "House number",
    "street_name": "Street",
    "city": "City",
    "state_code": "State, two letters",
    "zip": "ZIP code",
}


def ask() -> Start:
    """Asks on the terminal; each question again until its answer is one that the spec takes."""
    schema = value_schema(resource_types())
    application, site = _labels(schema, "applications"), _labels(schema, "sites")
    application_body, site_body = _body(schema, "applications"), _body(schema, "sites")
    credentials = application_body["properties"]["callback_credentials"]
    location, location_body = _labels(site_body, "sippeers"), _body(site_body, "sippeers")
    block = location_body["properties"]["numbers"]["items"]

    known = os.environ.get(ACCOUNT_VARIABLE, "")
    account = _ask(f"Account id (empty: from {ACCOUNT_VARIABLE})", _key(schema, "account"), known)
    click.echo("\nAn application says where messages go.", err=True)
    application_name = _ask("Its name", application, EXAMPLE.application)
    callback_url = _ask("URL for all events", _key(application_body, "callback_url"))
    user_id = _ask("User that callbacks name (empty: none)", _key(credentials, "user_id"), "")
    click.echo("\nA site is a sub-account with an address.", err=True)
    site_name = _ask("Its name", site, EXAMPLE.site)
    address_schema = site_body["properties"]["address"]
    address = {
        name: _ask(question, _key(address_schema, name))
        for name, question in ADDRESS_QUESTIONS.items()
    }
    click.echo("\nA location of the site has the numbers.", err=True)
    location_name = _ask("Its name", location, EXAMPLE.location)
    area_code = _ask("Area code of its numbers (empty: none yet)", _key(block, "area_code"), "")
    quantity = 1
    if area_code:
        quantity = int(_ask("How many, each of them billed", _key(block, "quantity"), "1"))
    return Start(
        account=account,
        application=application_name,
        callback_url=callback_url,
        user_id=user_id,
        site=site_name,
        address=address,
        location=location_name,
        area_code=area_code,
        quantity=quantity,
    )


def _key(body: Schema, name: str) -> Schema:
    leaf: Schema = body["properties"][name]
    return leaf


def _body(parent: Schema, section: str) -> Schema:
    body: Schema = parent["properties"][section]["additionalProperties"]
    return body


def _labels(parent: Schema, section: str) -> Schema:
    told = {"description": "A name of 1 to 50 characters.", "examples": [EXAMPLE.site]}
    return {**parent["properties"][section]["propertyNames"], "type": "string", **told}


def _ask(question: str, schema: Schema, default: str | None = None) -> str:
    """Without a default there has to be an answer; an empty default may be the answer."""

    def checked(answer: str) -> str:
        text = answer.strip()
        if not text and default == "":
            return text
        if refusal := _refusal(question.partition(" (")[0], text, schema):
            raise click.UsageError(refusal)
        return text

    answer: str = click.prompt(
        question, default=default, show_default=bool(default), value_proc=checked, err=True
    )
    return answer


def _refusal(asked: str, text: str, schema: Schema) -> str | None:
    """What the spec would say of this answer, as that of a key which is called as the question."""
    if "${" in text or UNWANTED.search(text):
        return f"{key_quoted(asked)} cannot hold `${{` or a control character here."
    value = int(text) if schema["type"] == "integer" and DECIMAL.fullmatch(text) else text
    place = Origin("", 1, 1)
    entry = Entry(Scalar(asked, plain=False, origin=place), Scalar(text, plain=False, origin=place))
    root = Table({asked: entry}, place, size=2)
    of_one = {"type": "object", "properties": {asked: schema}}
    problems = schema_problems(of_one, {asked: value}, root, set())
    return next((problem.detail for problem in problems), None)
