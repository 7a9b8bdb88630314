"""Making a resource, and nothing twice.

A create whose answer never came is not repeated but looked for; only what is not there after the
settle time is tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from provisioner.account.answers import Answer
from provisioner.account.client import Client
from provisioner.account.fetching import confirms, item_in, list_items
from provisioner.account.intents import Outcome, Result
from provisioner.account.items import id_of, is_of_type, name_of_item, read_field
from provisioner.account.paths import Ids, fill, id_from_location, path_ids
from provisioner.account.sending import Sending
from provisioner.account.settling import look_for_lost
from provisioner.account.updating import write_over
from provisioner.account.writer import Tell, Writer
from provisioner.account.xml import to_bytes
from provisioner.errors import AccountError, Ambiguous, LostAnswer, Rejected
from provisioner.model import Resource
from provisioner.planning.compare import same
from provisioner.planning.plan import Change
from provisioner.resource_type import ResourceType, Shape

POST_TRIES = 3
NO_ID = ""


async def create(writer: Writer, change: Change, ids: Ids, tell: Tell) -> str:
    """Makes the resource, or adopts it where it was made already: its id, "" if it has none.

    Raises Ambiguous where more than one resource could be it, and other AccountErrors.
    """
    server_id = await writer.patiently(
        change.address, ids, lambda: _create(writer, change, ids, tell)
    )
    writer.created.add(change.address)
    return server_id


async def _create(writer: Writer, change: Change, ids: Ids, tell: Tell) -> str:
    resource, resource_type = change.body, writer.types[change.address.type]
    if resource_type.create.method != "POST":
        await write_over(writer, change, ids)
        return NO_ID
    async with writer.sending(change, ids, "POST") as sending:
        server_id = await _post(writer, resource, ids, sending, tell)
        result = Result.ADOPTED if resource.address in writer.adopted else Result.DONE
        sending.outcome = Outcome(result, (server_id,) if server_id else ())
    return server_id


async def _post(writer: Writer, resource: Resource, ids: Ids, sending: Sending, tell: Tell) -> str:
    resource_type = writer.types[resource.address.type]
    path = writer.path(resource_type.create.path, resource.address, ids)
    body = to_bytes(writer.render(resource.address, resource.attributes, ids))
    for _ in range(POST_TRIES):
        try:
            answer = await sending.post(path, body)
            server_id = _id_in(answer, resource_type)
        except LostAnswer as lost:
            tell(f"{lost}; looking whether it was carried out")
            found = await _look(writer, resource, ids)
            if found is not None:
                writer.adopted.add(resource.address)
                return found
        except Rejected as refused:
            if not _means_exists(refused, resource_type):
                raise
            found = await _look(writer, resource, ids)
            if found is None:
                raise
            tell("it was there already, and is taken as it is")
            writer.adopted.add(resource.address)
            return found
        else:
            return await _listed_id(writer, resource, ids) if server_id is None else server_id
    raise LostAnswer(
        f"{resource.address} was sent {POST_TRIES} times, and neither an answer nor the resource "
        "itself ever came. Run again later."
    )


def _id_in(answer: Answer, resource_type: ResourceType) -> str | None:
    """From the body, else from `Location`; None where the service names none, as for some sites.

    Raises LostAnswer where the answer says nothing of what was asked for.
    """
    if resource_type.shape is not Shape.NAMED:
        if not confirms(answer, resource_type):
            raise LostAnswer("the answer makes no sense")
        return NO_ID
    item = item_in(answer, resource_type)
    in_body = None if item is None else id_of(item, resource_type)
    return in_body or id_from_location(answer.location)


async def _listed_id(writer: Writer, resource: Resource, ids: Ids) -> str:
    server_id = await _look(writer, resource, ids)
    if server_id is None:
        raise LostAnswer(
            f"the account said that {resource.address} was created, but does not list it after "
            f"{writer.settle:g} s. Run again later"
        )
    return server_id


async def _look(writer: Writer, resource: Resource, ids: Ids) -> str | None:
    """The id of what a create may have made, or None where it is not there in the end."""
    named = writer.types[resource.address.type].shape is Shape.NAMED
    look = _find_by_name if named else _find_alike
    return await look_for_lost(
        lambda: look(writer, resource, ids),
        writer.settle,
        writer.client.clock,
        f"{resource.address} may have been created",
    )


async def _find_by_name(writer: Writer, resource: Resource, ids: Ids) -> str | None:
    resource_type = writer.types[resource.address.type]
    parents = path_ids(resource.address, ids, writer.types)
    named = await ids_of_name(
        writer.client, resource_type, parents, str(resource.attributes["name"])
    )
    taken = {ids[each] for each in ids if each.type == resource_type.name}
    found = [each for each in named if each not in taken]
    if len(found) > 1:
        raise Ambiguous(
            f"{resource.address} is there more than once: ids {', '.join(sorted(found))}. "
            "Delete what is not wanted, or pin one with `id:`."
        )
    return found[0] if found else None


async def ids_of_name(
    client: Client, resource_type: ResourceType, parents: Mapping[str, str], name: str
) -> tuple[str, ...]:
    """The ids of what a list has under a name. `parents` are ids by type."""
    path = client.account_path + fill(resource_type.collection, parents)
    rows = list_items(await client.get(path), resource_type)
    return tuple(
        server_id
        for row in rows
        if is_of_type(row, resource_type)
        and name_of_item(row, resource_type) == name
        and (server_id := id_of(row, resource_type)) is not None
    )


async def _find_alike(writer: Writer, resource: Resource, ids: Ids) -> str | None:
    """ "" where the feature is on, as declared; None where it is off."""
    item = await writer.item(resource.address, ids)
    if item is None:
        return None
    for row in writer.types[resource.address.type].spec_fields:
        if row.name in resource.attributes and not same(
            row, read_field(item, row, {}), resource.attributes[row.name]
        ):
            raise AccountError(
                f"{resource.address} was switched on by someone else with other settings "
                f"({row.name}). Run again to see the difference."
            )
    return NO_ID


def _means_exists(refused: Rejected, resource_type: ResourceType) -> bool:
    """An address correction comes with 409 as well, and never means "it is there"."""
    if refused.api_code in resource_type.exists_codes:
        return True
    return resource_type.shape is Shape.FEATURE and refused.status == HTTPStatus.CONFLICT
