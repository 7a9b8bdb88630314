"""Bodies: rendered by Jinja2 from the template beside each resource type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from provisioner.account.paths import Ids
from provisioner.account.xml import Element, Tree, parse
from provisioner.model import Address, Attributes, Secret
from provisioner.resource_type import ResourceType, Shape, block_kind


def environment() -> Environment:
    """Autoescaping for every template, and an error for every name that is not there.

    `select_autoescape` would go by the file's ending and leave `.xml.j2` unescaped.
    """
    return Environment(
        loader=PackageLoader("provisioner", "resources"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_as_text,
        trim_blocks=False,
        keep_trailing_newline=True,
    )


def render(
    jinja: Environment,
    resource_type: ResourceType,
    attributes: Attributes | None,
    ids: Ids,
    path_ids: Mapping[str, str],
    live: Tree | None = None,
) -> Element:
    """The body for a resource: `attributes` are what to send, None for "switch it off".

    A template sees `resource` (groups as nested values, references as ids), `ids` (of the
    resource and what it is part of, by type) and `live` (the item as read, or None).
    """
    template = jinja.get_template(f"{resource_type.name}.xml.j2")
    resource = None if attributes is None else _template_values(resource_type, attributes, ids)
    return parse(template.render(resource=resource, ids=path_ids, live=live).encode())


def _template_values(
    resource_type: ResourceType, attributes: Attributes, ids: Ids
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in attributes.items():
        group, _, member = name.rpartition(".")
        target = values.setdefault(group, {}) if group else values
        target[member] = ids[value] if isinstance(value, Address) else value
    if resource_type.shape is Shape.BLOCKS:
        kind = block_kind(resource_type, attributes)
        values["order_type"] = kind.element
        elements = {**kind.fields, **kind.widened_by}
        values["search"] = {
            element: attributes[name] for name, element in elements.items() if name in attributes
        }
    return values


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return value.reveal() if isinstance(value, Secret) else value
