"""Before anything is planned: what became of requests that an earlier run never heard back from.

What was sent a moment ago may be in the account without being in its lists. It is looked for until
the lists can be believed; only then does "not there" mean that it is not there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from provisioner.account.assignments import assignment_ids_under
from provisioner.account.client import Client
from provisioner.account.creation import ids_of_name
from provisioner.account.fetching import get_item, is_missing
from provisioner.account.intents import Intent, Made, Outcome, Result
from provisioner.account.orders import order_ids_under
from provisioner.account.paths import fill
from provisioner.account.releases import release_ids_under
from provisioner.account.settling import look_until_settled
from provisioner.errors import Rejected
from provisioner.execution.journal import Run
from provisioner.execution.past import Unsure
from provisioner.planning.plan import Action
from provisioner.resource_type import Shape, Types

IDS_UNDER: Mapping[str, Callable[[Client, str], Awaitable[tuple[str, ...]]]] = {
    Action.RELEASE: release_ids_under,
    Action.ASSIGN: assignment_ids_under,
}
"""How orders of a CustomerOrderId are found that are not for new numbers."""
TOLD = 3


async def recover(
    run: Run, client: Client, types: Types, settle: float, tell: Callable[[str], None]
) -> tuple[Made, ...]:
    """What is too young for the account's lists, for the reader to ask for by its ids.

    Takes up to `settle` seconds where an earlier run was cut off a moment ago, and `tell` says so.
    Raises AccountError where the account cannot be asked, and JournalError.
    """
    past = await run.past(settle)
    young = [each for each in past.unsure if _left(each, client, settle) > 0]
    found = await _look_for_all(young, client, types, [0.0] * len(young))
    unseen = [each for each in young if found[each.number] is None]
    if unseen:
        left = [_left(each, client, settle) for each in unseen]
        tell(_told(unseen, max(left)))
        found |= await _look_for_all(unseen, client, types, left)
    await asyncio.gather(
        *(run.record(each.number, _outcome(found.get(each.number))) for each in past.unsure)
    )
    seen = [(each.intent, ids) for each in young if (ids := found[each.number])]
    return (*past.made, *(_made(intent, ids) for intent, ids in seen))


def _left(unsure: Unsure, client: Client, settle: float) -> float:
    """For how many more seconds lists may lack it. Where the clock was set back, it is as if it
    had been sent just now. Only a POST makes anything."""
    if unsure.intent.method != "POST":
        return 0.0
    return min(settle, unsure.sent + settle - client.clock.now())


async def _look_for_all(
    unsure: Sequence[Unsure], client: Client, types: Types, seconds: Sequence[float]
) -> dict[int, tuple[str, ...] | None]:
    """What is there of each, by its number. Each is looked for as many `seconds` as are given."""

    async def look_for(intent: Intent, patience: float) -> tuple[str, ...] | None:
        return await look_until_settled(
            lambda: _look(intent, client, types), patience, client.clock
        )

    found = await asyncio.gather(
        *(look_for(each.intent, left) for each, left in zip(unsure, seconds, strict=True))
    )
    return dict(zip((each.number for each in unsure), found, strict=True))


async def _look(intent: Intent, client: Client, types: Types) -> tuple[str, ...] | None:
    """The ids of what is there as intended, none for what has no id; None where it is not there."""
    resource_type = types.get(intent.address.type)
    if intent.customer_order_id:
        ids_under = IDS_UNDER.get(intent.verb, order_ids_under)
        return await ids_under(client, intent.customer_order_id) or None
    if resource_type is None or resource_type.shape is Shape.BLOCKS:
        return None
    parent = types.get(resource_type.parent, resource_type)
    try:
        if resource_type.shape is Shape.NAMED:
            return await ids_of_name(client, resource_type, intent.parents, intent.name) or None
        path = fill(resource_type.item, intent.parents)
        return None if await get_item(client, path, resource_type) is None else ()
    except Rejected as error:
        if not is_missing(error, parent):
            raise
        return None


def _outcome(found: tuple[str, ...] | None) -> Outcome:
    return Outcome(Result.SETTLED) if found is None else Outcome(Result.FOUND, found)


def _made(intent: Intent, ids: tuple[str, ...]) -> Made:
    return Made(intent.address.type, intent.parents, ids, intent.customer_order_id)


def _told(unseen: Sequence[Unsure], seconds: float) -> str:
    deeds = [f"{each.intent.verb} {each.intent.address}" for each in unseen]
    more = f" and {len(deeds) - TOLD} more" if len(deeds) > TOLD else ""
    return (
        f"Run {unseen[0].run} was cut off before it heard what became of: "
        f"{', '.join(deeds[:TOLD])}{more}. Waiting up to {seconds:.0f} s, until the account's "
        "lists can be believed."
    )
