"""The account as a spec alone would have left it: what to compare with where none is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from provisioner.errors import Problem, Severity
from provisioner.model import Address, DesiredState, LiveState, NumberOrder, Resource
from provisioner.planning.exclusive import choose_holders
from provisioner.planning.memberships import wanted_numbers
from provisioner.resource_type import BY_NUMBERS, Shape, Types, lineage, parent_address


def live_as_declared(
    before: DesiredState, after: DesiredState, types: Types, *, revision: str
) -> LiveState:
    """As if `before` had been applied to an empty account, and nobody else had touched it.

    Seen from `after`: of another account there is nothing, and what is no longer declared is told,
    because it stays where it is. `revision` says when `before` was so.
    """
    origin = f"git revision {revision}"
    nothing = LiveState(after.account, origin, {}, {})
    if before.account != after.account:
        return nothing
    chosen = choose_holders(before, nothing, types).resources
    declared = {address: each for address, each in chosen.items() if address not in before.absent}
    there = _under_new_names(declared, after, types)
    left = there.keys() - after.resources.keys() - after.absent
    live = LiveState(
        account=after.account,
        origin=origin,
        resources=there,
        ids={},
        orders={
            address: (_filled_order(each),)
            for address, each in there.items()
            if types[address.type].shape is Shape.BLOCKS
        },
        unmanaged=tuple(sorted(each for each in left if types[each.type].shape not in BY_NUMBERS)),
        problems=tuple(_no_longer_declared(left, after, types)),
    )
    on = wanted_numbers(there.values(), live, types)
    numbers = {each: membership.path[-1] for membership, held in on.items() for each in held}
    return replace(live, memberships=numbers)


def _under_new_names(
    there: Mapping[Address, Resource], after: DesiredState, types: Types
) -> Mapping[Address, Resource]:
    """Everything at the address that it has in `after`, as far as that tells its old name."""
    for new, former in sorted(after.former_names.items(), key=lambda each: len(each[0].path)):
        old = next((each for each in there if _is_called(former, each, new, there)), None)
        if old is not None and new not in there:
            there = {
                each.address: each
                for each in (_moved(each, old, new, types) for each in there.values())
            }
    return there


def _is_called(
    name: str, address: Address, new: Address, there: Mapping[Address, Resource]
) -> bool:
    is_sibling = (address.type, address.path[:-1]) == (new.type, new.path[:-1])
    return is_sibling and there[address].attributes.get("name") == name


def _moved(resource: Resource, old: Address, new: Address, types: Types) -> Resource:
    """The resource, if it is the old one, part of it, or refers to it, with the new address."""
    address = resource.address
    if old in lineage(address, types):
        address = Address(address.type, (*new.path, *address.path[len(old.path) :]))
    attributes = {key: new if value == old else value for key, value in resource.attributes.items()}
    return Resource(address, attributes)


def _no_longer_declared(left: Set[Address], after: DesiredState, types: Types) -> Iterator[Problem]:
    """One for each that is not part of another one of them."""
    for address in sorted(left):
        if parent_address(address, types) not in left and address.type not in after.prune:
            yield Problem(
                Severity.WARNING,
                "no-longer-declared",
                "No longer declared",
                f"{address} is not in the spec any more. It stays as it is in the account: "
                "nothing is deleted or released by leaving it out.",
            )


def _filled_order(block: Resource) -> NumberOrder:
    """One that brought all that the block declares. Where it lists none the numbers are
    placeholders: any will do, as long as no two blocks have the same."""
    listed = block.attributes.get("telephone_numbers")
    if isinstance(listed, tuple):
        numbers = listed
    else:
        quantity = int(str(block.attributes["quantity"]))
        *place, kind = block.address.path
        named = f"of {kind} at {'/'.join(place)}"
        numbers = tuple(f"no. {number} {named}" for number in range(1, quantity + 1))
    bought = len(numbers)
    return NumberOrder("", "", "COMPLETE", bought, numbers, completed=bought, settled=True)
