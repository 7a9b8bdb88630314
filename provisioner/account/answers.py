"""From a response to an answer, or to the error that it amounts to."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import httpx

from provisioner.account.codes import NOT_SAID, advice_on
from provisioner.account.connection import Connection
from provisioner.account.redaction import Redaction
from provisioner.account.xml import (
    Element,
    as_tree,
    error_texts,
    first,
    name_of,
    parse,
    refusal_in_success,
)
from provisioner.errors import AccountError, Recommended, Rejected, Unauthorized, Unreadable


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer. `root` is None where the body is empty or is not XML.

    `garbled` tells the two apart: the service answers prose to some requests, and so may anything
    that stands between it and us.
    """

    status: int
    location: str
    root: Element | None
    garbled: bool = False


def read_answer(response: httpx.Response, connection: Connection, redaction: Redaction) -> Answer:
    """Raises Rejected, Unauthorized, or Unreadable for what is neither an answer nor a refusal."""
    method, path = response.request.method, response.request.url.path
    root, unreadable = _parse(response)
    if response.is_error or (root is not None and refusal_in_success(root)):
        raise read_refusal(response, connection, redaction)
    if not response.is_success:
        raise Unreadable(f"{method} {path} was answered with HTTP {response.status_code}.")
    if unreadable and method == "GET":
        raise Unreadable(f"GET {path}: {unreadable} Is {connection.origin} the API?")
    location = response.headers.get("Location", "")
    return Answer(response.status_code, location, root, garbled=bool(unreadable))


def read_refusal(
    response: httpx.Response, connection: Connection, redaction: Redaction
) -> AccountError:
    """What a refusal says, in the service's own code and words as far as there are any."""
    root, unreadable = _parse(response)
    errors = [] if root is None else list(dict.fromkeys(error_texts(root)))
    words = redaction.scrub(
        "; ".join(f"error {code}: {text}" if code else text for code, text in errors)
    )
    access = _ACCESS.get(response.status_code)
    if access is not None:
        told = f" It says: {words}" if words else ""
        return Unauthorized(f"{access.format(c=connection)}{told}")
    request = f"{response.request.method} {response.request.url.path}"
    message = f"HTTP {response.status_code}" + (f", {words}" if words else f" to {request}")
    code = next((code for code, _ in errors if code), None)
    name = name_of(root) if root is not None else "#text" if unreadable else ""
    advice = advice_on((code for code, _ in errors), response.status_code)
    advice = advice or ("" if errors else NOT_SAID)
    better = None if root is None else first(root, "RecommendedAddress")
    if better is None:
        return Rejected(message, status=response.status_code, code=code, root=name, advice=advice)
    recommended = Recommended(
        message, status=response.status_code, code=code, root=name, advice=advice
    )
    recommended.recommended = {
        name: text for name, text in as_tree(better).items() if isinstance(text, str)
    }
    return recommended


def _parse(response: httpx.Response) -> tuple[Element | None, str]:
    """The body's root, or why there is none; neither for an empty body."""
    if not response.content.strip():
        return None, ""
    try:
        return parse(response.content), ""
    except Unreadable as error:
        return None, str(error)


_ACCESS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "{c.origin} refused the credentials (HTTP 401). Check them with "
    "{c.credentials_hint}.",
    HTTPStatus.FORBIDDEN: "{c.origin} refuses access to account {c.account} (HTTP 403): the "
    "credentials lack a role, or belong to another account.",
}
