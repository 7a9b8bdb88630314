"""From a response of the messaging API to JSON, or to the error that it amounts to.

Refusals are `{"type", "description"}`, and `fieldErrors` where fields are at fault (vendor
interface description); a 404 of a path that does not exist has `error` and `message` instead.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import httpx

from provisioner.account.client import Client
from provisioner.errors import AccountError, Rejected, Unauthorized, Unreadable


def read_json(response: httpx.Response, client: Client) -> Any:
    """The body of a successful answer, None for an empty one.

    Raises Rejected, Unauthorized, or Unreadable for what is neither an answer nor a refusal.
    """
    request = f"{response.request.method} {response.request.url.path}"
    if response.is_error:
        raise _refusal(response, client, request)
    if not response.is_success:
        raise Unreadable(f"{request} was answered with HTTP {response.status_code}.")
    if not response.content.strip():
        return None
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        origin, variable = client.connection.origin, client.connection.variable
        raise Unreadable(
            f"{request}: the answer is not JSON. Is {origin} the API? Check {variable}."
        ) from None


def _refusal(response: httpx.Response, client: Client, request: str) -> AccountError:
    words, kind = _words(response)
    told = client.scrub(words)
    connection = client.connection
    says = f" It says: {told}" if told else ""
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return Unauthorized(
            f"{connection.origin} refused the credentials (HTTP 401). Check them with "
            f"{connection.credentials_hint}.{says}"
        )
    if response.status_code == HTTPStatus.FORBIDDEN:
        return Unauthorized(
            f"{connection.origin} refuses access to account {connection.account} (HTTP 403): the "
            f"credentials lack a role, or belong to another account.{says}"
        )
    message = f"HTTP {response.status_code}" + (f": {told}" if told else f" to {request}")
    return Rejected(message, status=response.status_code, code=kind)


def _words(response: httpx.Response) -> tuple[str, str | None]:
    """What a refusal says, and its type."""
    try:
        said = json.loads(response.content)
    except (ValueError, RecursionError):
        return "", None
    if not isinstance(said, dict):
        return "", None
    words = [str(said.get("description") or said.get("message") or said.get("error") or "")]
    fields = said.get("fieldErrors")
    words += [
        f"{each.get('fieldName')}: {each.get('description')}"
        for each in (fields if isinstance(fields, list) else ())
        if isinstance(each, dict)
    ]
    kind = said.get("type")
    return "; ".join(word for word in words if word), kind if isinstance(kind, str) else None
