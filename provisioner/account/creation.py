"""Making a resource, and nothing twice.

A create whose answer never came is not repeated but looked for; only what is not there after the
settle time is tried again.
"""

from __future__ import annotations

from http import HTTPStatus

from provisioner.account.answers import Answer
from provisioner.account.fetching import confirms, item_in, list_items
from provisioner.account.items import id_of, is_of_type, name_of_item, read_field
from provisioner.account.paths import Ids, id_from_location
from provisioner.account.settling import look_until_settled
from provisioner.account.updating import write_over
from provisioner.account.writer import Tell, Writer
from provisioner.account.xml import to_bytes
from provisioner.errors import AccountError, Ambiguous, LostAnswer, Rejected, Unauthorized
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
    server_id = await writer.patiently(change.address, lambda: _create(writer, change, ids, tell))
    writer.created.add(change.address)
    return server_id


async def _create(writer: Writer, change: Change, ids: Ids, tell: Tell) -> str:
    resource, resource_type = change.body, writer.types[change.address.type]
    if resource_type.create.method != "POST":
        await write_over(writer, change, ids)
        return NO_ID
    path = writer.path(resource_type.create.path, resource.address, ids)
    body = to_bytes(writer.render(resource.address, resource.attributes, ids))
    for _ in range(POST_TRIES):
        try:
            answer = await writer.client.post(path, body)
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
    try:
        return await look_until_settled(
            lambda: look(writer, resource, ids), writer.settle, writer.client.clock
        )
    except (Rejected, Unauthorized) as error:
        raise LostAnswer(
            f"{resource.address} may have been created, and looking for it was refused: {error}"
        ) from None


async def _find_by_name(writer: Writer, resource: Resource, ids: Ids) -> str | None:
    resource_type = writer.types[resource.address.type]
    path = writer.path(resource_type.collection, resource.address, ids)
    rows = list_items(await writer.client.get(path), resource_type)
    taken = {ids[each] for each in ids if each.type == resource_type.name}
    found = [
        server_id
        for row in rows
        if is_of_type(row, resource_type)
        and name_of_item(row, resource_type) == resource.attributes["name"]
        and (server_id := id_of(row, resource_type)) is not None
        and server_id not in taken
    ]
    if len(found) > 1:
        raise Ambiguous(
            f"{resource.address} is there more than once: ids {', '.join(sorted(found))}. "
            "Delete what is not wanted, or pin one with `id:`."
        )
    return found[0] if found else None


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
