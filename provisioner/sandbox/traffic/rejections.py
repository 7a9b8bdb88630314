"""What messaging refuses, as JSON: `{"type", "description"}`, and `fieldErrors` where fields are
at fault.

Types are the vendor's (vendor interface description, vendor guide); the words are ours but for the
two that the guide shows for 401 and 403. The types of 404, 406 and of a search that is refused are
assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    field: str
    words: str


class Rejection(Exception):
    """A request that messaging refuses."""

    def __init__(
        self,
        status: int,
        kind: str,
        words: str,
        *,
        fields: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.headers = headers or {}
        self.content: dict[str, object] = {"type": kind, "description": words}
        if fields:
            self.content["fieldErrors"] = [
                {"fieldName": each.field, "description": each.words} for each in fields
            ]
        super().__init__(f"{status} {kind}: {words}")


def invalid(words: str, *fields: FieldError) -> Rejection:
    return Rejection(400, "request-validation", words, fields=fields)


def unauthorized() -> Rejection:
    headers = {"www-authenticate": 'Basic realm="messaging"'}
    return Rejection(401, "unauthorized", "Authentication Failed", headers=headers)


def forbidden() -> Rejection:
    return Rejection(403, "forbidden", "Access Denied")


def not_found(what: str) -> Rejection:
    return Rejection(404, "not-found", f"{what} does not exist")


def not_acceptable(wanted: str) -> Rejection:
    words = f"Answers are application/json, which Accept: {wanted} rules out"
    return Rejection(406, "not-acceptable", words)


def unsupported(sent: str, wanted: str) -> Rejection:
    words = f"A body of type '{sent}' is not read here; send {wanted}"
    return Rejection(415, "unsupported-content-type", words)


def queue_full(a_minute: float, capacity: float) -> Rejection:
    words = (
        f"The account's queue is full. It sends {a_minute:g} segments a minute and holds "
        f"{capacity:g} (15 minutes of them): slow down, or have the rate raised"
    )
    return Rejection(429, "max-message-queue-size-exceeded", words)


def too_many_searches(most: int, seconds: int) -> Rejection:
    words = f"More than {most} searches in {seconds} seconds"
    return Rejection(429, "rate_limit_exceeded", words, headers={"retry-after": str(seconds)})
