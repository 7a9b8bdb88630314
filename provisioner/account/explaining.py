"""What a plan would send, call by call, without sending it.

The bodies are made by the templates and the code of a run. Where a run reads an item to write it
as a whole, the item is read here, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.account.assignments import assignment_body, order_name
from provisioner.account.auth import ClientCredentials
from provisioner.account.bodies import updated_whole
from provisioner.account.moves import move_body
from provisioner.account.paths import path_ids, wire_number
from provisioner.account.purchase import order_body
from provisioner.account.writer import Writer
from provisioner.account.xml import Element, to_bytes, without_passwords
from provisioner.model import Address, Attributes, LiveState, Secret
from provisioner.planning.plan import Plan, Step, Verb, named_to_assign, numbers_to_move
from provisioner.planning.recipe import Blank, Call, Recipe, Unknown, mark_of
from provisioner.resource_type import Shape, parent_address

BEFORE_WRITING = "to see that it is as the plan saw it, and to keep what the spec leaves open"
BEFORE_ORDER = "to see that it was not placed meanwhile"
AFTER_ORDER = "to see that nobody else placed it at the same moment"
UNTIL_END = "until it is at its end"


async def explain(plan: Plan, live: LiveState, writer: Writer) -> Recipe:
    """The calls in the order of the steps. Raises AccountError where an item cannot be read."""
    read = [step for step in plan.steps if _reads_first(step, live, writer)]
    items = await asyncio.gather(*(writer.item(step.address, live.ids) for step in read))
    found = dict(zip((step.address for step in read), items, strict=True))
    work = _Explaining(writer, live, found, dict(live.ids))
    calls = tuple(call for step in plan.steps for call in work.calls_of(step))
    connection = writer.client.connection
    return Recipe(
        account=plan.account,
        origin=connection.origin,
        root=connection.api_root.removeprefix(connection.origin),
        calls=calls,
        blanks=work.blanks,
        by_token=isinstance(connection.credentials, ClientCredentials),
    )


def _is_posted(step: Step, writer: Writer) -> bool:
    return step.verb is Verb.CREATE and writer.types[step.address.type].create.method == "POST"


def _reads_first(step: Step, live: LiveState, writer: Writer) -> bool:
    """What is not made by a POST is written over; below what a run made itself nothing can be."""
    parent = parent_address(step.address, writer.types)
    is_there = parent is None or parent in live.ids
    writes = step.verb in (Verb.CREATE, Verb.UPDATE) and not _is_posted(step, writer)
    return writes and is_there


@dataclass(slots=True)
class _Explaining:
    """`ids` grow by a mark for each resource that would be made."""

    writer: Writer
    live: LiveState
    items: Mapping[Address, Element | None]
    ids: dict[Address, str]
    blanks: dict[str, Blank] = field(default_factory=dict)

    def calls_of(self, step: Step) -> Iterator[Call]:
        match step.verb:
            case Verb.ORDER:
                yield from self._order(step)
            case Verb.MOVE:
                yield from self._move(step)
            case Verb.ASSIGN:
                yield from self._assign(step)
            case Verb.AWAIT:
                for order in self.live.orders[step.address]:
                    if order.is_awaited:
                        yield self._follow(step, "/orders", order.id)
            case Verb.DELETE:
                yield self._delete(step)
            case Verb.CREATE | Verb.UPDATE:
                is_posted = _is_posted(step, self.writer)
                yield from self._post(step) if is_posted else self._write_over(step)

    def _post(self, step: Step) -> Iterator[Call]:
        resource_type = self.writer.types[step.address.type]
        path = self.writer.path(resource_type.create.path, step.address, self.ids)
        body = _text(self._rendered(step, None))
        gives = ""
        if resource_type.shape is Shape.NAMED:
            gives = self.ids[step.address] = self._mark(Unknown.ID, step.address)
        yield Call(step, "POST", path, body, gives=gives)

    def _write_over(self, step: Step) -> Iterator[Call]:
        resource_type = self.writer.types[step.address.type]
        path = self.writer.path(resource_type.item, step.address, self.ids)
        item = self.items.get(step.address)
        if step.address in self.items:
            yield Call(step, "GET", path, purpose=BEFORE_WRITING)
        declared = self._rendered(step, item)
        if item is None:
            yield Call(step, "PUT", path, _text(declared))
        elif resource_type.updates_in_part:
            yield Call(step, "PATCH", path, _text(declared))
        else:
            # The rest of the item is what others left there, whatever that is.
            whole = without_passwords(to_bytes(updated_whole(item, declared, resource_type)))
            yield Call(step, "PUT", path, self.writer.client.scrub(whole))

    def _delete(self, step: Step) -> Call:
        call = self.writer.types[step.address.type].delete
        if call is None:
            raise ValueError(f"there is no way to delete {step.address}")
        path = self.writer.path(call.path, step.address, self.ids)
        if call.method == "DELETE":
            return Call(step, "DELETE", path)
        return Call(step, call.method, path, _text(self._rendered(step, None)))

    def _order(self, step: Step) -> Iterator[Call]:
        writer, block = self.writer, step.change.body
        planned = block.attributes.get("customer_order_id")
        wanted = str(planned or self._mark(Unknown.CUSTOMER_ORDER_ID, step.address))
        orders = f"{writer.client.account_path}/orders"
        look_up = f"{orders}?page=1&size=300&customerOrderId={wanted}"
        if planned:
            yield Call(step, "GET", look_up, purpose=BEFORE_ORDER)
        order_id = self._mark(Unknown.ORDER_ID, step.address)
        body = order_body(writer, block, wanted, self.ids)
        yield Call(step, "POST", orders, body.decode(), gives=order_id)
        yield Call(step, "GET", look_up, purpose=AFTER_ORDER)
        yield self._follow(step, "/orders", order_id)

    def _move(self, step: Step) -> Iterator[Call]:
        client = self.writer.client
        place = path_ids(step.address, self.ids, self.writer.types)
        numbers = numbers_to_move(step.change)
        body = move_body(numbers, place["site"], place["sippeer"], client.connection.version)
        order_id = self._mark(Unknown.ORDER_ID, step.address)
        yield Call(step, "POST", f"{client.account_path}/moveTns", body.decode(), gives=order_id)
        yield self._follow(step, "/moveTns", order_id)

    def _assign(self, step: Step) -> Iterator[Call]:
        client, attributes = self.writer.client, step.change.body.attributes
        account, version = client.connection.account, client.connection.version
        known = named_to_assign(step.change)
        if known:
            wanted = order_name(account, str(attributes[step.address.type]), sorted(known))
            numbers = tuple(wire_number(each, version) for each in sorted(known))
        else:
            wanted = self._mark(Unknown.CUSTOMER_ORDER_ID, step.address)
            numbers = (self._mark(Unknown.NUMBERS, step.address),)
        orders = f"{client.account_path}/tnoptions"
        yield Call(step, "GET", f"{orders}?customerOrderId={wanted}", purpose=BEFORE_ORDER)
        order_id = self._mark(Unknown.ORDER_ID, step.address)
        body = assignment_body(self.writer, step.change, wanted, numbers, self.ids)
        yield Call(step, "POST", orders, body.decode(), gives=order_id)
        yield self._follow(step, "/tnoptions", order_id)

    def _follow(self, step: Step, path: str, order_id: str) -> Call:
        path = f"{self.writer.client.account_path}{path}/{order_id}"
        return Call(step, "GET", path, purpose=UNTIL_END, repeated=True)

    def _rendered(self, step: Step, item: Element | None) -> Element:
        after = step.change.after
        attributes = None if after is None else self._without_secrets(step, after.attributes)
        return self.writer.render(step.address, attributes, self.ids, item)

    def _without_secrets(self, step: Step, attributes: Attributes) -> Attributes:
        return {
            name: self._mark(Unknown.SECRET, step.address, value.name)
            if isinstance(value, Secret)
            else value
            for name, value in attributes.items()
        }

    def _mark(self, kind: Unknown, address: Address, name: str = "") -> str:
        mark = mark_of(len(self.blanks) + 1)
        self.blanks[mark] = Blank(kind, address, name)
        return mark


def _text(body: Element) -> str:
    return to_bytes(body).decode()
