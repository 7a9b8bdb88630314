"""The HTTP calls of a plan, to be read: in order, with their bodies."""

from __future__ import annotations

from itertools import groupby

from provisioner.planning.recipe import Blank, Call, Recipe, Unknown, fill_in
from provisioner.resource_type import Types
from provisioner.views.layout import paragraphs
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, deed, noun, printable


def render_recipe(recipe: Recipe, types: Types, *, paint: Paint = plain) -> str:
    """Every line of a body is as it will be sent, but for what stands in braces."""
    number = 0
    blocks = [[f"Calls for account {recipe.account} at {recipe.origin}{recipe.root}"]]
    for step, calls in groupby(recipe.calls, lambda call: call.step):
        lines = [paint(Style.STRONG, deed(step.change, step.verb, types))]
        for call in calls:
            number += 1
            lines += _call_lines(call, number, recipe, types)
        blocks.append(lines)
    writes = sum(call.method != "GET" for call in recipe.calls)
    blocks.append(
        [
            f"{count(len(recipe.calls), 'call')}, {writes} of which change something; those that "
            "wait for an order are repeated."
            if recipe.calls
            else "No calls: there is nothing to do."
        ]
    )
    return paragraphs(blocks)


def _call_lines(call: Call, number: int, recipe: Recipe, types: Types) -> list[str]:
    def shown(mark: str) -> str:
        return f"{{{_words(recipe.blanks[mark], types)}}}"

    told = fill_in(f"{call.method} {call.path}", shown)
    purpose = [f"     # {call.purpose}"] if call.purpose else []
    gives = [f"     # gives the {_words(recipe.blanks[call.gives], types)}"] if call.gives else []
    body = fill_in(call.body, shown).splitlines()
    lines = [f"     {printable(line)}" for line in body if line.strip()]
    return [f"{number:>3}. {told}", *purpose, *gives, *lines]


def _words(blank: Blank, types: Types) -> str:
    match blank.kind:
        case Unknown.SECRET:
            return f"secret {printable(blank.name)}"
        case Unknown.CUSTOMER_ORDER_ID:
            return "CustomerOrderId, which the run will derive"
        case Unknown.NUMBERS:
            return "telephone numbers that the order brings"
        case _:
            return f"{blank.kind} of {noun(blank.address, types)}"
