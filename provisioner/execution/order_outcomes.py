"""How far the orders of a step have come, and what to say of it."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.account.codes import advice_in
from provisioner.execution.events import Status
from provisioner.model import NumberOrder


def outcome_of(orders: Sequence[NumberOrder]) -> tuple[Status, str]:
    """Of all of them together. DONE needs no words."""
    still_open = [order for order in orders if order.is_open]
    if still_open:
        return Status.OPEN, "; ".join(_told_open(order) for order in still_open)
    short = [order for order in orders if _is_short(order)]
    if short:
        return Status.SHORT, "; ".join(_told_short(order) for order in short)
    return Status.DONE, ""


def _is_short(order: NumberOrder) -> bool:
    """Not every COMPLETE is one: only the numbers tell."""
    return order.status != "COMPLETE" or len(order.numbers) < (order.quantity or 1)


def _told_open(order: NumberOrder) -> str:
    if order.is_back_order:
        return f"order {order.id} is on back order; it brought {_told_brought(order)} so far"
    return f"order {order.id} is still {order.status}; running again continues to wait for it"


def _told_short(order: NumberOrder) -> str:
    reason = f": {order.reason}" if order.reason else ""
    advice = advice_in(order.reason)
    reason += f". {advice}" if advice else ""
    if order.status == "COMPLETE":
        asked = "" if order.quantity is None else f" of {order.quantity}"
        return f"order {order.id} is COMPLETE but names {len(order.numbers)}{asked} numbers{reason}"
    return f"order {order.id} ended {order.status} with {_told_brought(order)}{reason}"


def _told_brought(order: NumberOrder) -> str:
    asked = "" if order.quantity is None else f" of {order.quantity}"
    return f"{order.brought}{asked} numbers"
