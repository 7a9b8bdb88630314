"""The shapes in which refusals are sent, each route its own (vendor interface description)."""

from __future__ import annotations

from collections.abc import Callable

from lxml.etree import _Element as Element

from provisioner.sandbox.errors import RULES, Refusal
from provisioner.sandbox.markup import element, optional

Envelope = Callable[[Refusal], Element]


def in_status(root: str) -> Envelope:
    """`<Root><ResponseStatus><ErrorCode/><Description/></ResponseStatus></Root>`."""

    def wrap(refusal: Refusal) -> Element:
        status = element(
            "ResponseStatus",
            element("ErrorCode", refusal.code),
            element("Description", refusal.words),
        )
        return element(root, status, *refusal.details)

    return wrap


def in_list(root: str) -> Envelope:
    """`<Root><ErrorList><Error><Code/><Description/></Error></ErrorList></Root>`."""

    def wrap(refusal: Refusal) -> Element:
        error = list_error(refusal.code, refusal.number, refusal.words)
        return element(root, element("ErrorList", error), *refusal.details)

    return wrap


def in_search(refusal: Refusal) -> Element:
    """`<SearchResult><Error><Code/><Description/></Error></SearchResult>`."""
    return element("SearchResult", list_error(refusal.code, None, refusal.words))


def list_error(code: int, number: str | None = None, words: str | None = None) -> Element:
    return element(
        "Error",
        element("Code", code),
        element("Description", words or RULES[code].words),
        optional("TelephoneNumber", number),
    )
