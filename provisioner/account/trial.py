"""A spec's own templates, tried before anything is sent: offline, with made-up ids."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError

from provisioner.account.paths import NATIONAL_LENGTH, Ids, path_ids
from provisioner.account.templates import environment, render
from provisioner.errors import BadTemplate, Origin, Problem
from provisioner.model import Address, Attributes, DesiredState, Resource, Value
from provisioner.resource_type import ResourceType, Shape, Types, lineage

MADE_UP = "0"


def template_problems(desired: DesiredState, types: Types) -> tuple[Problem, ...]:
    """What is wrong with the templates, each fault once however many resources meet it.

    All bodies are made that a first apply would send, and those that switch something off. What a
    template makes of a live item shows only when there is one.
    """
    if not desired.templates:
        return ()
    jinja = environment(desired.templates)
    found = dict.fromkeys(_unreadable(jinja, desired))
    if found:
        return tuple(found)
    for address, attributes in _bodies(desired, types):
        resource_type = types[address.type]
        ids = _made_up(address, attributes, types)
        try:
            render(jinja, resource_type, attributes, ids, path_ids(address, ids, types))
        except BadTemplate as fault:
            found |= dict.fromkeys(fault.told)
    return tuple(found)


def _unreadable(jinja: Environment, desired: DesiredState) -> Iterator[Problem]:
    for name, template in desired.templates.items():
        try:
            jinja.get_template(f"{name}.xml.j2")
        except TemplateSyntaxError as fault:
            detail = f"Jinja says: {str(fault.message).rstrip('.')}."
            yield from BadTemplate(detail, Origin(template.file, fault.lineno, 1)).told


def _bodies(desired: DesiredState, types: Types) -> Iterator[tuple[Address, Attributes | None]]:
    for address, resource in desired.resources.items():
        if address.type in desired.templates:
            yield address, _sent(resource, types[address.type])
    for address in sorted(desired.absent):
        delete = types[address.type].delete
        if address.type in desired.templates and delete and delete.method != "DELETE":
            yield address, None


def _sent(resource: Resource, resource_type: ResourceType) -> Attributes:
    """With what the plan and the order add to a block."""
    if resource_type.shape is not Shape.BLOCKS:
        return resource.attributes
    sent: dict[str, Value] = {"name": MADE_UP, **resource.attributes, "customer_order_id": MADE_UP}
    for value in resource.attributes.values():
        if isinstance(value, tuple):
            sent["ordered_numbers"] = tuple(each[-NATIONAL_LENGTH:] for each in value)
    return sent


def _made_up(address: Address, attributes: Attributes | None, types: Types) -> Ids:
    referred = [each for each in (attributes or {}).values() if isinstance(each, Address)]
    return dict.fromkeys((*lineage(address, types), *referred), MADE_UP)
