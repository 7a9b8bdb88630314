"""Items and lists of the account, told apart from answers that are something else."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from provisioner.account.answers import Answer
from provisioner.account.client import Client
from provisioner.account.paths import fill
from provisioner.account.xml import Element, child, first, items, named, text_at
from provisioner.errors import Rejected, Unreadable
from provisioner.resource_type import ResourceType, Shape


def is_missing(error: Rejected, resource_type: ResourceType) -> bool:
    """Whether a refusal means "there is none": 404, and for some types a code with 400.

    A 404 with a page of someone else's, a gateway's say, means nothing: what passes for missing
    is made a second time.
    """
    if error.api_code in resource_type.missing_codes:
        return True
    return error.status == HTTPStatus.NOT_FOUND and (not error.root or in_own_words(error))


def in_own_words(error: Rejected) -> bool:
    """Whether the service itself refused, as far as the answer tells."""
    return error.api_code is not None or error.root.endswith("response")


async def get_item(client: Client, path: str, resource_type: ResourceType) -> Element | None:
    """One item's element, or None where there is none."""
    try:
        answer = await client.get(client.account_path + path)
    except Rejected as error:
        if is_missing(error, resource_type):
            return None
        raise
    item = item_in(answer, resource_type)
    if item is None and resource_type.shape is not Shape.LINK:
        raise Unreadable(f"The answer to GET {path} holds no <{resource_type.element}>.")
    return item


def item_in(answer: Answer, resource_type: ResourceType) -> Element | None:
    names = (resource_type.element, *resource_type.aliases)
    return None if answer.root is None else first(answer.root, *names)


def confirms(answer: Answer, resource_type: ResourceType) -> bool:
    """Whether an answer to a change shows the item. One that does not is no proof of the change."""
    return item_in(answer, resource_type) is not None


async def get_rows(
    client: Client, resource_type: ResourceType, ids: Mapping[str, str]
) -> list[Element]:
    """The rows of a type's list; none where what they are part of is not there."""
    try:
        answer = await client.get(client.account_path + fill(resource_type.collection, ids))
    except Rejected as error:
        if not resource_type.parent or not is_missing(error, resource_type):
            raise
        return []
    return list_items(answer, resource_type)


def inlined_rows(row: Element, resource_type: ResourceType) -> list[Element] | None:
    """What a row of the parents' list carries with it; None where the server left that out."""
    container = child(row, resource_type.inlined)
    if container is not None:
        return items(container, resource_type.element)
    return [] if text_at(row, f"{resource_type.element}Count") == "0" else None


def list_items(answer: Answer, resource_type: ResourceType) -> list[Element]:
    """The items of a list. Raises Unreadable for what is not that list at all."""
    if answer.status == HTTPStatus.NO_CONTENT:
        return []
    return items(named(answer.root, resource_type.list_answer), resource_type.element)
