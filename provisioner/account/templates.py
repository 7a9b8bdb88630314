"""Bodies: rendered by Jinja2 from the template beside each resource type, or the spec's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    StrictUndefined,
    Template,
    UndefinedError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from provisioner.account.paths import Ids
from provisioner.account.xml import Element, first, parse
from provisioner.errors import BadTemplate, Origin, Unreadable
from provisioner.model import Address, Attributes, BodyTemplate, Secret
from provisioner.resource_type import ResourceType, Shape, block_kind

Source = tuple[str, str, Callable[[], bool]]


def environment(templates: Mapping[str, BodyTemplate] | None = None) -> Environment:
    """Autoescaping for every template, and an error for every name that is not there.

    `templates` are a spec's own, by resource type. They come from whoever may change the spec, so
    all run in a sandbox: they see what they are given, and reach nothing else.
    `select_autoescape` would go by the file's ending and leave `.xml.j2` unescaped.
    """
    loaders: list[BaseLoader] = [PackageLoader("provisioner", "resources")]
    if templates:
        loaders.insert(0, FunctionLoader(_sources(templates)))
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_as_text,
        trim_blocks=False,
        keep_trailing_newline=True,
        auto_reload=False,  # nothing changes within a run, and looking takes a stat for each body
    )


def _sources(templates: Mapping[str, BodyTemplate]) -> Callable[[str], Source | None]:
    by_name = {f"{name}.xml.j2": each for name, each in templates.items()}

    def source(name: str) -> Source | None:
        found = by_name.get(name)
        return None if found is None else (found.text, found.file, lambda: True)

    return source


def render(
    jinja: Environment,
    resource_type: ResourceType,
    attributes: Attributes | None,
    ids: Ids,
    path_ids: Mapping[str, str],
    live: Mapping[str, object] | None = None,
) -> Element:
    """The body for a resource: `attributes` are what to send, None for "switch it off".

    A template sees `resource` (groups as nested values, references as ids), `ids` (of the
    resource and what it is part of, by type) and `live` (the item as read, or None). Raises
    BadTemplate, where it stands in the template; what it was filled in with is not told.
    """
    template = jinja.get_template(f"{resource_type.name}.xml.j2")
    resource = None if attributes is None else _template_values(resource_type, attributes, ids)
    try:
        text = template.render(resource=resource, ids=path_ids, live=live)
    except Exception as fault:  # noqa: BLE001 -- a spec's own template may raise anything at all
        raise _failed(template, fault) from None
    try:
        body = parse(text.encode())
    except Unreadable:
        detail = f"What comes of it for a {resource_type.name} is not well-formed XML. Mend it."
        raise BadTemplate(detail, Origin(_file_of(template), 1, 1)) from None
    if attributes is not None:
        _refuse_unless_found_again(template, body, resource_type, attributes, path_ids)
    return body


def _template_values(
    resource_type: ResourceType, attributes: Attributes, ids: Ids
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in attributes.items():
        *groups, member = name.split(".")
        target = values
        for group in groups:
            target = target.setdefault(group, {})
        # Not the Secret itself: a filter would take its "(secret)" for the value, and send that.
        plain = value.reveal() if isinstance(value, Secret) else value
        target[member] = ids[plain] if isinstance(plain, Address) else plain
    if resource_type.shape is Shape.BLOCKS:
        kind = block_kind(resource_type, attributes)
        values["order_type"] = kind.element
        elements = {**kind.fields, **kind.widened_by}
        values["search"] = {
            element: attributes[name] for name, element in elements.items() if name in attributes
        }
    return values


def _as_text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _refuse_unless_found_again(
    template: Template,
    body: Element,
    resource_type: ResourceType,
    attributes: Attributes,
    path_ids: Mapping[str, str],
) -> None:
    """What no later run would find again would be made, or bought, a second time."""
    wanted: dict[tuple[str, ...], str] = {}
    if resource_type.shape is Shape.NAMED and "name" in attributes:
        wanted[resource_type.field_named("name").elements] = str(attributes["name"])
    if resource_type.shape is Shape.BLOCKS:
        wanted["SiteId",] = path_ids["site"]
        wanted["PeerId",] = path_ids["sippeer"]
        wanted["CustomerOrderId",] = str(attributes["customer_order_id"])
        if "ordered_numbers" not in attributes:
            wanted["Quantity",] = str(attributes["quantity"])
    for elements, value in wanted.items():
        found = first(body, *elements)
        if found is None or (found.text or "") != value:
            detail = (
                f"What comes of it for a {resource_type.name} does not carry <{elements[0]}> as it"
                " has to. A later run would not find it again, and make or buy it a second time."
            )
            raise BadTemplate(detail, Origin(_file_of(template), 1, 1))


def _failed(template: Template, fault: Exception) -> BadTemplate:
    line = _line_in(_file_of(template), fault.__traceback__)
    detail = f"{_told(template, fault)}. A template is given `resource`, `ids` and `live`."
    return BadTemplate(detail, Origin(_file_of(template), line, 1))


def _told(template: Template, fault: Exception) -> str:
    """What is missing, if the file itself names it: a name may have been made of a secret."""
    told = str(fault)
    name = told.split("'")[-2] if told.count("'") > 1 else ""
    if isinstance(fault, UndefinedError) and name and name in _text_of(template):
        return told[:1].upper() + told[1:].rstrip(".")
    return f"It ends with a {type(fault).__name__}"


def _text_of(template: Template) -> str:
    loader, name = template.environment.loader, template.name
    return loader.get_source(template.environment, name)[0] if loader and name else ""


def _file_of(template: Template) -> str:
    return template.filename or f"{template.name}"


def _line_in(file: str, traceback: TracebackType | None) -> int:
    """The last line of the template that was being filled in; Jinja puts them into tracebacks."""
    line = 1
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
