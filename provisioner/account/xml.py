"""The API's XML: parsed defensively, looked up by name without regard to case.

The service spells element names in more than one way (`protocol` and `Protocol`, `orderId` and
`OrderId`: vendor SDK fixtures), so nothing here depends on case, prefixes or attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from provisioner.errors import Unreadable

Element = etree._Element  # noqa: SLF001 -- lxml gives its element type no public name

_PASSWORDS = re.compile(
    rb"(<(?:\w+:)?\w*password(?:\s[^>]*)?(?<!/)>)(?:<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<])*",
    re.IGNORECASE | re.DOTALL,
)


class Tree(Mapping[str, "str | Tree"]):
    """An item as nested mappings under the element names as read, for templates.

    A name is found in any case, as everywhere here. Of elements of one name the last counts.
    """

    def __init__(self, values: Mapping[str, str | Tree]) -> None:
        self._values = values
        self._spellings = {name.lower(): name for name in values}

    def __getitem__(self, name: str) -> str | Tree:
        return self._values[self._spellings[name.lower()]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def parse(content: bytes) -> Element:
    """The root element. Raises Unreadable for anything but plain XML without a DTD."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"The answer is not XML ({error.msg}).") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("The answer declares a document type, which this API never does.")
    return root


def name_of(element: Element) -> str:
    """The element's name in lower case, without a namespace."""
    return str(element.tag).rpartition("}")[2].lower()


def child(element: Element, name: str) -> Element | None:
    wanted = name.lower()
    return next((each for each in element if name_of(each) == wanted), None)


def find(element: Element, path: str) -> Element | None:
    """The element at a path such as `Address/City`, or None."""
    found: Element | None = element
    for name in path.split("/"):
        if found is None:
            return None
        found = child(found, name)
    return found


def text_at(element: Element, path: str) -> str | None:
    """The text at a path; "" for an empty element, None for none."""
    found = find(element, path)
    return None if found is None else (found.text or "").strip()


def items(root: Element, *names: str) -> list[Element]:
    """All elements of these names that are not inside another of them."""
    return list(_outermost(root, names))


def _outermost(root: Element, names: Iterable[str]) -> Iterator[Element]:
    wanted = {name.lower() for name in names}

    def found_in(element: Element) -> Iterator[Element]:
        if name_of(element) in wanted:
            yield element
        else:
            for each in element:
                yield from found_in(each)

    return found_in(root)


def named(root: Element | None, *names: str) -> Element:
    """The root of an answer that has to be one of these. Raises Unreadable for any other.

    An answer of another kind, or none, must not pass for an empty list: what is missing from a
    list gets created, and bought.
    """
    wanted = {name.lower() for name in names}
    if root is not None and name_of(root) in wanted:
        return root
    got = "nothing" if root is None else f"<{etree.QName(root).localname}>"
    raise Unreadable(f"The answer is not <{names[0]}>, but {got}.")


def first(root: Element, *names: str) -> Element | None:
    return next(_outermost(root, names), None)


def error_texts(root: Element) -> Iterator[tuple[str | None, str]]:
    """Codes and descriptions of every error in an answer, in each of the shapes that there are."""
    for each in root.iter("*"):
        name = name_of(each)
        if name in ("responsestatus", "error", "errors"):
            code = text_at(each, "ErrorCode") or text_at(each, "Code")
            description = text_at(each, "Description")
            if code or description:
                yield code, description or ""
    result = text_at(root, "resultCode")
    if result not in (None, "", "0"):
        yield result, text_at(root, "resultMessage") or ""


def refusal_in_success(root: Element) -> bool:
    """Whether an answer of HTTP 2xx says that the request was refused all the same.

    Errors in a list are no refusal: they are part of an order's story.
    """
    status = first(root, "ResponseStatus")
    coded = status is not None and bool(text_at(status, "ErrorCode"))
    return coded or text_at(root, "resultCode") not in (None, "", "0")


def as_tree(element: Element) -> Tree:
    return Tree(
        {
            etree.QName(each).localname: as_tree(each) if len(each) else (each.text or "")
            for each in element
        }
    )


def overlay(live: Element, declared: Element) -> Element:
    """The live item with what is declared put in its place, element by element.

    What the declared body does not speak of stays as it was read.
    """
    live.text = declared.text
    for each in declared:
        there = child(live, etree.QName(each).localname)
        if there is None:
            live.append(each)
        else:
            overlay(there, each)
    return live


def drop(element: Element, path: str) -> None:
    """Removes the element at a path, and what it stood in where that is empty then."""
    found = find(element, path)
    while found is not None and (parent := found.getparent()) is not None:
        parent.remove(found)
        found = None if len(parent) or parent is element else parent


def to_bytes(element: Element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True)


def without_passwords(content: bytes) -> str:
    """A body for the eyes of people."""
    return _PASSWORDS.sub(rb"\1(secret)", content).decode(errors="replace")
