"""The shapes in which refusals are sent, each route its own (vendor interface description)."""

from __future__ import annotations

from collections.abc import Callable

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import RULES, Refusal
from provisioner.sandbox.calls.exchange import Answer, data, document
from provisioner.sandbox.calls.markup import element, optional

Envelope = Callable[[Refusal], Answer]


def in_status(root: str) -> Envelope:
    """`<Root><ResponseStatus><ErrorCode/><Description/></ResponseStatus></Root>`."""

    def wrap(refusal: Refusal) -> Answer:
        status = element(
            "ResponseStatus",
            element("ErrorCode", refusal.code),
            element("Description", refusal.words),
        )
        return document(element(root, status, *refusal.details), refusal.status)

    return wrap


def in_list(root: str) -> Envelope:
    """`<Root><ErrorList><Error><Code/><Description/></Error></ErrorList></Root>`."""

    def wrap(refusal: Refusal) -> Answer:
        error = list_error(refusal.code, refusal.number, refusal.words)
        shown = element(root, element("ErrorList", error), *refusal.details)
        return document(shown, refusal.status)

    return wrap


def in_words(root: str) -> Envelope:
    """`<Root><ResponseStatus><Description/></ResponseStatus></Root>`: no code."""

    def wrap(refusal: Refusal) -> Answer:
        status = element("ResponseStatus", element("Description", refusal.words))
        return document(element(root, status), refusal.status)

    return wrap


def in_search(refusal: Refusal) -> Answer:
    """`<SearchResult><Error><Code/><Description/></Error></SearchResult>`."""
    error = list_error(refusal.code, None, refusal.words)
    return document(element("SearchResult", error), refusal.status)


def in_move(refusal: Refusal) -> Answer:
    """`<MoveTnsOrderResponse>` with a status and `<Errors>` that has the one error's parts."""
    code, words = element("Code", refusal.code), element("Description", refusal.words)
    failed = element("ProcessingStatus", "FAILED")
    shown = element("MoveTnsOrderResponse", failed, element("Errors", code, words))
    return document(shown, refusal.status)


def in_json(refusal: Refusal) -> Answer:
    """`{"errors": [{"code", "description"}]}` (assumption: undocumented)."""
    error = {"code": refusal.code, "description": refusal.words}
    return data({"errors": [error]}, refusal.status)


def list_error(code: int, number: str | None = None, words: str | None = None) -> Element:
    return element(
        "Error",
        element("Code", code),
        element("Description", words or RULES[code].words),
        optional("TelephoneNumber", number),
    )
