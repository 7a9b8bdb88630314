"""Orders on numbers that the account has: what moves, assignments and releases have in common."""

from __future__ import annotations

from provisioner.account.client import Client
from provisioner.account.orders import errors_told, seconds
from provisioner.account.paths import e164
from provisioner.account.xml import Element, items, text_at
from provisioner.model import NumberOrder


def order_on_own_numbers(
    client: Client, order_id: str, order: Element, listed: Element | None, errors: Element | None
) -> NumberOrder:
    """The order as it stands. It names no number that it has dealt with: once it is at its end,
    that is each that is `listed` and for which there is none of the `errors`."""
    failed = numbers_in(errors)
    asked = numbers_in(listed) | failed
    status = (text_at(order, "ProcessingStatus") or "RECEIVED").upper()
    done = asked - failed if status in ("COMPLETE", "PARTIAL") else set()
    return NumberOrder(
        id=order_id,
        customer_order_id=text_at(order, "CustomerOrderId") or "",
        status=status,
        quantity=len(asked),
        numbers=tuple(sorted(done)),
        completed=len(done),
        reason="" if errors is None else client.scrub(errors_told(errors)),
        ended_at=seconds(text_at(order, "LastModifiedDate")),
        asked=tuple(sorted(asked)),
    )


def numbers_in(listed: Element | None) -> set[str]:
    found = [] if listed is None else items(listed, "TelephoneNumber")
    return {e164(each.text or "") for each in found}
