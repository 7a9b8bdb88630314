"""Changing and removing what is there, and overwriting nobody."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from provisioner.account.answers import Answer
from provisioner.account.bodies import updated_whole
from provisioner.account.fetching import confirms, is_missing
from provisioner.account.items import read_attributes, read_field
from provisioner.account.paths import Ids
from provisioner.account.sending import Sending
from provisioner.account.writer import Writer
from provisioner.account.xml import Element, to_bytes
from provisioner.errors import AccountError, Rejected, Unreadable
from provisioner.model import Address, Value
from provisioner.planning.compare import same
from provisioner.planning.plan import Change
from provisioner.resource_type import Field, Kind, ResourceType


async def update(writer: Writer, change: Change, ids: Ids) -> None:
    """Reads the item again, sees that it is as the plan saw it, and sends what is declared.

    Does nothing where everything is as declared by now. Raises AccountError where the account was
    changed otherwise since the plan.
    """
    await writer.patiently(change.address, ids, lambda: write_over(writer, change, ids))


async def delete(writer: Writer, change: Change, ids: Ids) -> None:
    """Removes the resource or switches it off; what is gone already is no error.

    Reads it again before: what somebody changed since the plan is not what was agreed to. Raises
    AccountError for that. Whether it is the default may have changed hands in this very run.
    """
    resource_type = writer.types[change.address.type]
    call = resource_type.delete
    if call is None:
        raise AccountError(f"There is no way to delete {change.address}.")
    item = await _present_item(writer, change, ids)
    if item is None:
        return
    _see_that_it_is_as_planned(change, item, resource_type, ids)
    path = writer.path(call.path, change.address, ids)
    async with writer.sending(change, ids, call.method) as sending:

        async def remove() -> Answer:
            if call.method == "DELETE":
                return await sending.delete(path)
            return await sending.put(path, to_bytes(writer.render(change.address, None, ids)))

        try:
            answer = await writer.once_unused(change.address, remove)
        except Rejected as error:
            if not is_missing(error, resource_type):
                raise
        else:
            empty = answer.root is None and not answer.garbled
            if not empty and not confirms(answer, resource_type):
                await _see_that_it_is_gone(writer, change, ids)


async def _present_item(writer: Writer, change: Change, ids: Ids) -> Element | None:
    """None for an answer about nothing as well, such as an assignment of no application."""
    item = await writer.item(change.address, ids)
    resource_type = writer.types[change.address.type]
    return None if item is None or not read_attributes(item, resource_type, {}) else item


def _see_that_it_is_as_planned(
    change: Change, item: Element, resource_type: ResourceType, ids: Ids
) -> None:
    seen = {} if change.before is None else change.before.attributes
    for row in resource_type.fields:
        if row.name in seen and not row.one_a_parent:
            before = seen[row.name]
            now = _value_now(item, row, (before,), ids)
            if (now or None) != (before or None):
                raise _changed_since(change, row, now, before)


async def _see_that_it_is_gone(writer: Writer, change: Change, ids: Ids) -> None:
    if await _present_item(writer, change, ids) is not None:
        raise Unreadable(f"the answer to the removal of {change.address} makes no sense")


async def write_over(writer: Writer, change: Change, ids: Ids) -> None:
    """An update, or the first setting of what is not made by a POST."""
    address, resource_type = change.address, writer.types[change.address.type]
    item = None if writer.is_below_new(address) else await writer.item(address, ids)
    if item is None and change.before is not None:
        raise AccountError(f"{address} is gone since the plan. Run again.")
    if item is not None and _is_at_target(change, item, resource_type, ids):
        return
    declared = writer.render(address, change.body.attributes, ids, item)
    path = writer.path(resource_type.item, address, ids)
    method = "PATCH" if item is not None and resource_type.updates_in_part else "PUT"
    async with writer.sending(change, ids, method) as sending:
        answer = await _send(sending, path, declared, item, resource_type)
        if not confirms(answer, resource_type):
            item = await writer.item(address, ids)
            if item is None or not _is_at_target(change, item, resource_type, ids):
                raise Unreadable(f"the answer to the change of {address} makes no sense")


async def _send(
    sending: Sending,
    path: str,
    declared: Element,
    item: Element | None,
    resource_type: ResourceType,
) -> Answer:
    if item is None:
        return await sending.put(path, to_bytes(declared))
    if resource_type.updates_in_part:
        try:
            return await sending.patch(path, to_bytes(declared))
        except Rejected as error:
            if error.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
                raise
    return await sending.put(path, to_bytes(updated_whole(item, declared, resource_type)))


def _is_at_target(change: Change, item: Element, resource_type: ResourceType, ids: Ids) -> bool:
    """Whether nothing is left to do. Raises where the account is neither as before nor so."""
    done = True
    for attribute in change.attributes:
        row = resource_type.field_named(attribute.path)
        if row.kind is Kind.SECRET:
            done = False
            continue
        now = _value_now(item, row, (attribute.before, attribute.after), ids)
        if attribute.after is not None and same(row, now, attribute.after):
            continue
        # A list may leave out what the item itself shows as empty.
        if (now or None) != (attribute.before or None):
            raise _changed_since(change, row, now, attribute.before)
        done = False
    return done


def _value_now(item: Element, row: Field, ends: Iterable[Value | None], ids: Ids) -> Value | None:
    """A field as it is. `ends` are what it may refer to, by the name that the plan has for it."""
    known = (each for each in ends if isinstance(each, Address))
    return read_field(item, row, {ids[each]: each for each in known if each in ids})


def _changed_since(
    change: Change, row: Field, now: Value | None, before: Value | None
) -> AccountError:
    return AccountError(
        f"{change.address} was changed since the plan: {row.name} is now {_shown(now)}, "
        f"and was {_shown(before)}. Nothing was sent; run again to see the difference."
    )


def _shown(value: Value | None) -> str:
    return "not set" if value is None else str(value)
