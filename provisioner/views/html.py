"""HTML and SVG, escaped by construction: only what `element` made counts as markup."""

from __future__ import annotations

from html import escape

from provisioner.views.wording import printable

VOID = frozenset({"input", "meta"})


class Markup(str):
    """Text that is markup already, and safe."""

    __slots__ = ()


def text(content: str) -> Markup:
    """Any text, on one line, as it is to be read."""
    return Markup(escape(printable(content)))


def element(tag: str, /, *content: str, **attributes: str | int | bool) -> Markup:
    """`element("p", "text", class_="note", data_action="create")`. What is not Markup is escaped.

    An underscore in an attribute's name stands for a hyphen, one at its end for nothing. True is
    an attribute without a value, False none at all.
    """
    opening = tag + "".join(map(_attribute, attributes.items()))
    if tag in VOID:
        return Markup(f"<{opening}>")
    return Markup(f"<{opening}>{joined(*content)}</{tag}>")


def joined(*content: str) -> Markup:
    return Markup("".join(each if isinstance(each, Markup) else text(each) for each in content))


def raw(name: str, content: str) -> Markup:
    """A style or a script of ours, whose content HTML takes as it is."""
    return Markup(f"<{name}>{content}</{name}>")


def _attribute(attribute: tuple[str, str | int | bool]) -> str:
    name, value = attribute
    name = name.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{text(str(value))}"'
