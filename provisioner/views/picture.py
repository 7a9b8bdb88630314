"""The topology as SVG: sites, their sippeers and the applications these use, in three columns.

Each node is placed by counting: children below each other, a parent beside the first of them.
What changes is told by a sign and by the kind of line, so that colour is only a help.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provisioner.model import Address
from provisioner.planning.plan import Action
from provisioner.views.actions import TELLINGS
from provisioner.views.html import Markup, element
from provisioner.views.topology import Node
from provisioner.views.wording import printable, some

NODE_WIDTH, NODE_HEIGHT = 270, 48
COLUMN_STEP, ROW_STEP = 380, 62
MARGIN, HEADER = 8, 34
LABEL_LENGTH, NOTES_LENGTH = 30, 38
SIGN_STEP = 14


@dataclass(frozen=True, slots=True)
class _Placed:
    node: Node
    column: int
    row: float

    @property
    def x(self) -> int:
        return MARGIN + self.column * COLUMN_STEP

    @property
    def y(self) -> int:
        return MARGIN + HEADER + round(self.row * ROW_STEP)


def draw(roots: Sequence[Node], titles: Sequence[str], anchors: Mapping[Address, str]) -> Markup:
    """`titles` head the columns: of roots with children, of those, and of what is linked to.
    `anchors` are the ids in the page of what changes."""
    placed = _place(roots)
    where = {address: each for each in placed for address in each.node.addresses}
    bottom = max((each.y for each in placed), default=0) + NODE_HEIGHT + MARGIN
    width = 2 * MARGIN + 2 * COLUMN_STEP + NODE_WIDTH
    heads = (
        element("text", title, x=MARGIN + column * COLUMN_STEP, y=MARGIN + 16, class_="column")
        for column, title in enumerate(titles)
    )
    return element(
        "svg",
        *heads,
        *_lines(placed, where),
        *(_box(each, anchors) for each in placed),
        class_="topology",
        viewBox=f"0 0 {width} {bottom}",
        width=width,
        height=bottom,
        role="group",
        aria_labelledby="picture-title picture-legend",
    )


def _place(roots: Sequence[Node]) -> list[_Placed]:
    """Roots that are linked to, or have nothing below them, are the column of the targets."""
    targets = {link.target for root in roots for child in root.children for link in child.links}
    kinds = {target.type for target in targets} | _childless_kinds(roots)
    placed: list[_Placed] = []
    row = 0
    for root in roots:
        if root.addresses[0].type in kinds:
            continue
        placed.append(_Placed(root, 0, row))
        placed += [_Placed(child, 1, row + index) for index, child in enumerate(root.children)]
        row += max(1, len(root.children))
    linked = [root for root in roots if root.addresses[0].type in kinds]
    return placed + _beside_their_users(linked, placed)


def _childless_kinds(roots: Sequence[Node]) -> set[str]:
    kinds = {root.addresses[0].type for root in roots}
    return kinds - {root.addresses[0].type for root in roots if root.children}


def _beside_their_users(linked: Sequence[Node], placed: Sequence[_Placed]) -> list[_Placed]:
    """Each as near to the middle of those that link to it as those above leave room."""
    users: dict[Address, list[float]] = {}
    for each in placed:
        for link in each.node.links:
            users.setdefault(link.target, []).append(each.row)

    def middle(node: Node) -> float:
        rows = [row for address in node.addresses for row in users.get(address, ())]
        return sum(rows) / len(rows) if rows else float("inf")

    free = 0.0
    beside: list[_Placed] = []
    for node in sorted(linked, key=middle):
        wanted = middle(node)
        row = free if wanted == float("inf") else max(free, wanted)
        beside.append(_Placed(node, 2, row))
        free = row + 1
    return beside


def _lines(placed: Iterable[_Placed], where: Mapping[Address, _Placed]) -> Iterator[Markup]:
    for each in placed:
        for child in each.node.children:
            below = where[child.addresses[0]]
            action = Action.NO_OP if child.action is Action.UPDATE else child.action
            yield _line(each, below, action)
            yield _sign(below.x - SIGN_STEP, below, action)
        for link in each.node.links:
            yield _line(each, where[link.target], link.action)
            yield _sign(each.x + NODE_WIDTH + SIGN_STEP, each, link.action)


def _line(start: _Placed, end: _Placed, action: Action) -> Markup:
    x1, y1 = start.x + NODE_WIDTH, start.y + NODE_HEIGHT // 2
    x2, y2 = end.x, end.y + NODE_HEIGHT // 2
    bend = (x1 + x2) // 2
    curve = f"M{x1} {y1} C{bend} {y1} {bend} {y2} {x2} {y2}"
    return element("path", d=curve, class_=f"link {TELLINGS[action].state}")


def _sign(x: int, beside: _Placed, action: Action) -> Markup:
    """What becomes of a link, at the end where no other link meets it."""
    if action is Action.NO_OP:
        return Markup()
    telling = TELLINGS[action]
    y = beside.y + NODE_HEIGHT // 2 + (16 if action is Action.DELETE else -6)
    return element("text", telling.symbol, x=x, y=y, class_=f"sign {telling.state}")


def _box(placed: _Placed, anchors: Mapping[Address, str]) -> Markup:
    node = placed.node
    touched = node.action is Action.NO_OP and node.is_touched
    action = Action.UPDATE if touched else node.action
    kind, sign = TELLINGS[action].state, TELLINGS[action].symbol
    notes = ", ".join(node.notes) + (" each" if node.notes and len(node.addresses) > 1 else "")
    parts = [
        element("title", _full(node)),
        element("rect", x=placed.x, y=placed.y, width=NODE_WIDTH, height=NODE_HEIGHT, rx=6),
        element(
            "text",
            clipped(f"{sign} {node.label}".strip(), LABEL_LENGTH),
            x=placed.x + 12,
            y=placed.y + (20 if notes else 29),
            class_="label",
        ),
    ]
    if notes:
        words = clipped(notes, NOTES_LENGTH)
        parts.append(element("text", words, x=placed.x + 12, y=placed.y + 38, class_="notes"))
    label = f"{_full(node)}: {kind}" + (f"; {notes}" if notes else "")
    anchor = next((anchors[each] for each in node.addresses if each in anchors), "")
    if anchor:
        return element("a", *parts, href=f"#{anchor}", class_=f"node {kind}", aria_label=label)
    return element("g", *parts, class_=f"node {kind}", role="img", aria_label=label)


def _full(node: Node) -> str:
    return printable(some([str(each) for each in node.addresses], 5))


def clipped(words: str, most: int) -> str:
    """The words in so many columns; a wide character takes two."""
    widths = [2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in words]
    if sum(widths) <= most:
        return words
    kept, left = "", most - 1
    for each, size in zip(words, widths, strict=True):
        left -= size
        if left < 0:
            break
        kept += each
    return f"{kept.rstrip()}…"
