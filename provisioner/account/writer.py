"""Changing the account: one resource at a time, and nothing twice.

A create whose answer never came is not repeated but looked for; only what is not there after the
settle time is tried again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from jinja2 import Environment

from provisioner.account.bodies import updated_whole
from provisioner.account.client import Answer, Client
from provisioner.account.items import id_of, is_of_type, name_of_item, read_field
from provisioner.account.paths import fill, id_from_location, path_ids
from provisioner.account.reader import get_item, is_missing
from provisioner.account.settling import look_until_settled
from provisioner.account.templates import environment, render
from provisioner.account.xml import Element, as_tree, first, items, to_bytes
from provisioner.errors import AccountError, Ambiguous, LostAnswer, Rejected, Unauthorized
from provisioner.model import Address, Attributes, Resource, Value
from provisioner.planning.compare import same
from provisioner.planning.plan import Change
from provisioner.resource_type import Kind, ResourceType, Shape, Types, lineage, parent_address

Ids = Mapping[Address, str]
Tell = Callable[[str], None]
"""Takes a sentence about something that went wrong and is being dealt with."""
Result = TypeVar("Result")

POST_TRIES = 3
NO_ID = ""
NOT_FOUND, NOT_ALLOWED, CONFLICT = 404, 405, 409


@dataclass(slots=True)
class Writer:
    """Creates, updates and deletes. `settle` is how long the account's lists may lag, in seconds.

    `created` holds what this writer made: the account may not know of it everywhere yet.
    `adopted` holds those of them that were found instead of answered for, and so may be somebody
    else's, with numbers of their own.
    """

    client: Client
    types: Types
    settle: float = 30.0
    created: set[Address] = field(default_factory=set)
    adopted: set[Address] = field(default_factory=set)
    jinja: Environment = field(default_factory=environment)

    async def create(self, change: Change, ids: Ids, tell: Tell) -> str:
        """Makes the resource, or adopts it where it was made already: its id, "" if it has none.

        Raises Ambiguous where more than one resource could be it, and other AccountErrors.
        """
        server_id = await self._patiently(change.address, lambda: self._create(change, ids, tell))
        self.created.add(change.address)
        return server_id

    async def update(self, change: Change, ids: Ids) -> None:
        """Reads the item again, sees that it is as the plan saw it, and sends what is declared.

        Does nothing where everything is as declared by now. Raises AccountError where the account
        was changed otherwise since the plan.
        """
        await self._patiently(change.address, lambda: self._write_over(change, ids))

    async def delete(self, change: Change, ids: Ids) -> None:
        resource_type = self.types[change.address.type]
        call = resource_type.delete
        if call is None:
            raise AccountError(f"There is no way to delete {change.address}.")
        path = self.client.account_path + fill(call.path, path_ids(change.address, ids, self.types))
        try:
            if call.method == "DELETE":
                await self.client.delete(path)
            else:
                await self.client.put(path, to_bytes(self._render(change.address, None, ids)))
        except Rejected as error:
            if not is_missing(error, resource_type):
                raise

    def _render(
        self, address: Address, attributes: Attributes | None, ids: Ids, item: Element | None = None
    ) -> Element:
        return render(
            self.jinja,
            self.types[address.type],
            attributes,
            ids,
            path_ids(address, ids, self.types),
            None if item is None else as_tree(item),
        )

    async def _create(self, change: Change, ids: Ids, tell: Tell) -> str:
        resource, resource_type = change.body, self.types[change.address.type]
        if resource_type.create.method != "POST":
            await self._write_over(change, ids)
            return NO_ID
        known = path_ids(resource.address, ids, self.types)
        path = self.client.account_path + fill(resource_type.create.path, known)
        body = to_bytes(self._render(resource.address, resource.attributes, ids))
        for _ in range(POST_TRIES):
            try:
                answer = await self.client.post(path, body)
            except LostAnswer as lost:
                tell(f"{lost}; looking whether it was carried out")
                found = await self._look(resource, resource_type, ids)
                if found is not None:
                    self.adopted.add(resource.address)
                    return found
            except Rejected as refused:
                if not _means_exists(refused, resource_type):
                    raise
                found = await self._look(resource, resource_type, ids)
                if found is None:
                    raise
                self.adopted.add(resource.address)
                return found
            else:
                return await self._id_of_created(answer, resource, resource_type, ids)
        raise LostAnswer(
            f"{resource.address} was sent {POST_TRIES} times, and neither an answer nor the "
            "resource itself ever came. Run again later."
        )

    async def _id_of_created(
        self, answer: Answer, resource: Resource, resource_type: ResourceType, ids: Ids
    ) -> str:
        """From the body, else from `Location`, else from the list: the service does all three."""
        if resource_type.shape is not Shape.NAMED:
            return NO_ID
        item = None if answer.root is None else first(answer.root, resource_type.element)
        server_id = (None if item is None else id_of(item, resource_type)) or id_from_location(
            answer.location
        )
        if server_id is None:
            server_id = await self._look(resource, resource_type, ids)
        if server_id is None:
            raise LostAnswer(
                f"the account said that {resource.address} was created, but does not list it "
                f"after {self.settle:g} s. Run again later"
            )
        return server_id

    async def _look(self, resource: Resource, resource_type: ResourceType, ids: Ids) -> str | None:
        """The id of what a create may have made, or None where it is not there in the end."""
        look = self._find_by_name if resource_type.shape is Shape.NAMED else self._find_alike
        try:
            return await look_until_settled(
                lambda: look(resource, resource_type, ids), self.settle, self.client.clock
            )
        except (Rejected, Unauthorized) as error:
            raise LostAnswer(
                f"{resource.address} may have been created, and looking for it was refused: {error}"
            ) from None

    async def _find_by_name(
        self, resource: Resource, resource_type: ResourceType, ids: Ids
    ) -> str | None:
        known = path_ids(resource.address, ids, self.types)
        answer = await self.client.get(
            self.client.account_path + fill(resource_type.collection, known)
        )
        rows = [] if answer.root is None else items(answer.root, resource_type.element)
        name = resource.attributes["name"]
        taken = {ids[each] for each in ids if each.type == resource_type.name}
        found = [
            server_id
            for row in rows
            if is_of_type(row, resource_type)
            and name_of_item(row, resource_type) == name
            and (server_id := id_of(row, resource_type)) is not None
            and server_id not in taken
        ]
        if len(found) > 1:
            raise Ambiguous(
                f"{resource.address} is there more than once: ids {', '.join(sorted(found))}. "
                "Delete what is not wanted, or pin one with `id:`."
            )
        return found[0] if found else None

    async def _find_alike(
        self, resource: Resource, resource_type: ResourceType, ids: Ids
    ) -> str | None:
        """ "" where the feature is on, as declared."""
        item = await get_item(self.client, self._item_path(resource.address, ids), resource_type)
        if item is None:
            return None
        for row in resource_type.spec_fields:
            if row.name in resource.attributes and not same(
                row, read_field(item, row, {}), resource.attributes[row.name]
            ):
                raise AccountError(
                    f"{resource.address} was switched on by someone else with other settings "
                    f"({row.name}). Run again to see the difference."
                )
        return NO_ID

    async def _write_over(self, change: Change, ids: Ids) -> None:
        resource_type = self.types[change.address.type]
        item = None
        if not self._is_below_new(change.address):
            item = await get_item(self.client, self._item_path(change.address, ids), resource_type)
        if item is None and change.before is not None:
            raise AccountError(f"{change.address} is gone since the plan. Run again.")
        if item is not None and self._is_at_target(change, item, ids):
            return
        declared = self._render(change.address, change.body.attributes, ids, item)
        path = self.client.account_path + self._item_path(change.address, ids)
        if resource_type.updates_in_part:
            await self._patch(path, declared, item, resource_type)
        elif item is None:
            await self.client.put(path, to_bytes(declared))
        else:
            await self.client.put(path, to_bytes(updated_whole(item, declared, resource_type)))

    def _is_below_new(self, address: Address) -> bool:
        """Whether nothing can be there yet, for this writer has just made what it is part of."""
        parent = parent_address(address, self.types)
        return parent in self.created and parent not in self.adopted

    async def _patch(
        self, path: str, declared: Element, item: Element | None, resource_type: ResourceType
    ) -> None:
        try:
            await self.client.patch(path, to_bytes(declared))
        except Rejected as error:
            if error.status not in (NOT_FOUND, NOT_ALLOWED) or item is None:
                raise
            body = updated_whole(item, declared, resource_type)
            await self.client.put(path, to_bytes(body))

    def _is_at_target(self, change: Change, item: Element, ids: Ids) -> bool:
        """Whether nothing is left to do. Raises where the account is neither as before nor so."""
        resource_type = self.types[change.address.type]
        done = True
        for attribute in change.attributes:
            row = resource_type.field_named(attribute.path)
            if row.kind is Kind.SECRET:
                done = False
                continue
            ends = [
                each for each in (attribute.before, attribute.after) if isinstance(each, Address)
            ]
            now = read_field(item, row, {ids[each]: each for each in ends if each in ids})
            if attribute.after is not None and same(row, now, attribute.after):
                continue
            # A list may leave out what the item itself shows as empty.
            if (now or None) != (attribute.before or None):
                raise AccountError(
                    f"{change.address} was changed since the plan: {row.name} is now "
                    f"{_shown(now)}, and was {_shown(attribute.before)}. Nothing was sent; run "
                    "again to see the difference."
                )
            done = False
        return done

    def _item_path(self, address: Address, ids: Ids) -> str:
        return fill(self.types[address.type].item, path_ids(address, ids, self.types))

    async def _patiently(self, address: Address, call: Callable[[], Awaitable[Result]]) -> Result:
        """Repeats what fails only because the account does not know its own new parent yet."""
        made_here = any(each in self.created for each in lineage(address, self.types)[1:])
        refusals: list[Rejected] = []

        async def attempt() -> tuple[Result] | None:
            refusals.clear()
            try:
                return (await call(),)
            except Rejected as error:
                parents = (self.types[each.type] for each in lineage(address, self.types)[1:])
                if not any(is_missing(error, parent) for parent in parents):
                    raise
                refusals.append(error)
                return None

        patience = self.settle if made_here else 0.0
        done = await look_until_settled(attempt, patience, self.client.clock)
        if done is None:
            raise refusals[0]
        return done[0]


def _shown(value: Value | None) -> str:
    return "not set" if value is None else str(value)


def _means_exists(refused: Rejected, resource_type: ResourceType) -> bool:
    """An address correction comes with 409 as well, and never means "it is there"."""
    if refused.code in resource_type.exists_codes:
        return True
    return resource_type.shape is Shape.FEATURE and refused.status == CONFLICT
