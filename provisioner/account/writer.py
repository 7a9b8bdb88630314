"""What changing the account needs at hand: the client, the templates, and what was made so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from jinja2 import Environment

from provisioner.account.client import Client
from provisioner.account.fetching import get_item, is_missing
from provisioner.account.intents import Intent, Intents
from provisioner.account.paths import Ids, fill, path_ids
from provisioner.account.sending import Sending, sending
from provisioner.account.settling import look_until_settled
from provisioner.account.templates import environment, render
from provisioner.account.xml import Element, as_tree
from provisioner.errors import Rejected
from provisioner.model import Address, Attributes
from provisioner.planning.plan import Action, Change
from provisioner.resource_type import Types, lineage, parent_address

Tell = Callable[[str], None]
"""Takes a sentence about something that went wrong and is being dealt with."""
Result = TypeVar("Result")
REMOVALS = (Action.DELETE, Action.RELEASE, Action.CLOSE)


@dataclass(slots=True)
class Writer:
    """`settle` is how long the account's lists may lag, in seconds.

    `created` holds what this writer made: the account may not know of it everywhere yet; nor of
    `recent`, the ids of what an earlier run made a moment ago.
    `accept_addresses`: where the service recommends another address, that is taken.
    `adopted` holds those of them that were found instead of answered for, and so may be somebody
    else's, with numbers of their own; `seen_empty` those of which this writer saw that they had
    none. `has_removed` tells that it took anything away, which may be counted for a while.
    """

    client: Client
    types: Types
    intents: Intents
    settle: float = 30.0
    recent: Collection[str] = ()
    accept_addresses: bool = False
    created: set[Address] = field(default_factory=set)
    adopted: set[Address] = field(default_factory=set)
    seen_empty: set[Address] = field(default_factory=set)
    has_removed: bool = False
    jinja: Environment = field(default_factory=environment)
    _sent: defaultdict[Address, list[Sending]] = field(default_factory=lambda: defaultdict(list))

    @asynccontextmanager
    async def sending(
        self, change: Change, ids: Ids, method: str, *, customer_order_id: str = ""
    ) -> AsyncIterator[Sending]:
        """What the change sends goes out by this; `method` says how it begins."""
        address = change.address
        parents = path_ids(address, ids, self.types)
        parents.pop(address.type, None)
        resource = change.after or change.before
        intent = Intent(
            method=method,
            verb=change.action.value,
            address=address,
            parents=parents,
            name="" if resource is None else str(resource.attributes.get("name", "")),
            customer_order_id=customer_order_id,
        )
        async with sending(self.client, self.intents, intent) as sent:
            self._sent[address].append(sent)
            yield sent
        self.has_removed = self.has_removed or change.action in REMOVALS

    async def confirm(self, address: Address) -> None:
        """Returns once the record of all that was sent for the address would survive a crash.

        Raises JournalError where it would not. What comes next need not wait for this: before it is
        sent, it is announced, and that waits for both.
        """
        for sent in self._sent.pop(address, ()):
            await sent.confirm()

    def path(self, template: str, address: Address, ids: Ids) -> str:
        """A path of the API below `/api`, for a resource."""
        known = path_ids(address, ids, self.types)
        return self.client.account_path + fill(template, known)

    async def item(self, address: Address, ids: Ids) -> Element | None:
        """The live item, or None where there is none."""
        resource_type = self.types[address.type]
        path = fill(resource_type.item, path_ids(address, ids, self.types))
        return await get_item(self.client, path, resource_type)

    def render(
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

    def is_below_new(self, address: Address) -> bool:
        """Whether nothing can be there yet, for this writer has just made what it is part of."""
        parent = parent_address(address, self.types)
        return parent in self.created and parent not in self.adopted

    async def patiently(
        self, address: Address, ids: Ids, call: Callable[[], Awaitable[Result]]
    ) -> Result:
        """Repeats what fails only because the account does not know its own new parent yet."""
        parents = lineage(address, self.types)[1:]
        made_here = any(each in self.created or ids.get(each) in self.recent for each in parents)
        patience = self.settle if made_here else 0.0
        return await self._repeated(
            call, patience, lambda error: self._lacks_parent(error, address)
        )

    async def once_unused(self, address: Address, call: Callable[[], Awaitable[Result]]) -> Result:
        """Repeats what fails only because the account still counts what this writer removed."""
        codes = self.types[address.type].in_use_codes
        patience = self.settle if self.has_removed else 0.0
        return await self._repeated(call, patience, lambda error: error.api_code in codes)

    async def _repeated(
        self,
        call: Callable[[], Awaitable[Result]],
        patience: float,
        passes: Callable[[Rejected], bool],
    ) -> Result:
        refusals: list[Rejected] = []

        async def attempt() -> tuple[Result] | None:
            refusals.clear()
            try:
                return (await call(),)
            except Rejected as error:
                if not passes(error):
                    raise
                refusals.append(error)
                return None

        done = await look_until_settled(attempt, patience, self.client.clock)
        if done is None:
            raise refusals[0]
        return done[0]

    def _lacks_parent(self, error: Rejected, address: Address) -> bool:
        parents = (self.types[each.type] for each in lineage(address, self.types)[1:])
        return error.api_code in self.types[address.type].parent_missing_codes or any(
            is_missing(error, parent) for parent in parents
        )
