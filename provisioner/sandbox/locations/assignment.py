"""`/products/messaging/applicationSettings`: which application a location's messages belong to."""

from __future__ import annotations

import uuid

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.lookups import sippeer_of
from provisioner.sandbox.calls.markup import element, optional, word
from provisioner.sandbox.locations import applications
from provisioner.sandbox.locations.features import speak_http
from provisioner.sandbox.memory.state import State

_REMOVE = "REMOVE"
_ROOT = "ApplicationsSettings"


def get_assignment(call: Call, state: State) -> Answer:
    """Without an application: 200 and an empty element (assumption: undocumented)."""
    return _show(sippeer_of(call, state)["application"])


def change_assignment(call: Call, state: State) -> Answer:
    row = sippeer_of(call, state)
    application = _read(call.document(_ROOT, "ApplicationSettings"))
    if application is not None:
        try:
            found = applications.find(application, call, state)
        except Refusal as missing:
            raise Refusal(missing.code, application, status=400) from None
        if not applications.is_for_messaging(found):
            raise Refusal(13648)
        if not speak_http(row):
            raise Refusal(13645)
    state.run("UPDATE sippeers SET application = ? WHERE id = ?", application, row["id"])
    return _show(application)


def _read(body: Element) -> str | None:
    """The id, or None for REMOVE, which may stand for the id or for all of the content."""
    said = word(body, "HttpMessagingV2AppId") or (body.text or "").strip()
    if said == _REMOVE:
        return None
    try:
        return str(uuid.UUID(said))
    except ValueError:
        raise Refusal(13628) from None


def _show(application: str | None) -> Answer:
    settings = element(_ROOT, optional("HttpMessagingV2AppId", application))
    return document(element(f"{_ROOT}Response", settings))
