"""XML in and out. Nothing here knows what an element means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from lxml import etree
from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal

_HEADER = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
BLANK = "\ue000"  # a character of no meaning of its own
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse(body: bytes) -> Element:
    """Reads a request body. Entities stay unexpanded, and a document type is refused outright."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Refusal(1019, f"the body is not XML ({error.msg})") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal(1019, "a document type declaration is not accepted")
    return root


def element(name: str, *content: Element | str | int | None) -> Element:
    """Builds an element of text and children; `None` is left out. Children move, they are not
    copied."""
    built = etree.Element(name)
    for part in content:
        if part is None:
            continue
        if isinstance(part, str | int):
            built.text = (built.text or "") + _NOT_XML.sub("\ufffd", str(part))
        else:
            built.append(part)
    return built


def optional(name: str, text: str | int | None) -> Element | None:
    """An element with this text, or nothing where there is no text."""
    return None if text in (None, "") else element(name, text)


def elements(parent: str, children: Iterable[Element]) -> Element:
    return element(parent, *children)


def join(parent: str, written: Iterable[str]) -> Element:
    """An element around children that are written already. Thousands of them are read in a fifth of
    the time that `elements` takes for building them."""
    return restore(f"<{parent}>{''.join(written)}</{parent}>")


def repeat(parent: str, sample: Element, texts: Iterable[str]) -> Element:
    """An element around copies of the sample, each with one of the texts for `BLANK`. The texts
    must be telephone numbers, or anything else that needs no escaping."""
    before, after = store(sample).split(BLANK)
    written = (after + before).join(texts)
    return join(parent, (before, written, after) if written else ())


def render(root: Element) -> bytes:
    return _HEADER + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def store(root: Element) -> str:
    """The text of an element as the database keeps it; `restore` reads it back."""
    return etree.tostring(root, encoding="unicode")


def restore(text: str) -> Element:
    return etree.fromstring(text)


def child(parent: Element, *names: str) -> Element | None:
    """The first child of any of these names (the documents spell some elements in two ways)."""
    return next((found for found in parent if found.tag in names), None)


def text(parent: Element, *names: str) -> str | None:
    """The text of the first child of these names as it was sent, or None where it is not there."""
    found = child(parent, *names)
    return None if found is None else found.text or ""


def word(parent: Element, *names: str) -> str:
    """Like `text`, without surrounding space, and "" where it is not there."""
    return (text(parent, *names) or "").strip()


def is_true(parent: Element, name: str, *, default: bool | None = None) -> bool:
    """Reads a boolean; anything but true and false in any case is refused (1008).

    Raises 1003 where the element is missing or empty and there is no default.
    """
    said = word(parent, name).lower()
    if not said:
        if default is None:
            raise Refusal(1003, name)
        return default
    if said not in ("true", "false"):
        raise Refusal(1008, said, name)
    return said == "true"


def boolean(value: object) -> str:
    return "true" if value else "false"


def timestamp(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds, `2017-09-18T17:36:57.274Z` (vendor guide)."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
