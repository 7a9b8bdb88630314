"""What is declared and how it hangs together, as Mermaid and as DOT (Graphviz).

Neighbours that are alike but for their names are one node, as in the picture of a plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioner.model import Address, DesiredState, Resource
from provisioner.planning.plan import Action, Change, Plan
from provisioner.resource_type import Shape, Types
from provisioner.views.topology import Node, topology
from provisioner.views.wording import printable

ACTIVE_IN_MERMAID = re.compile(r"[^\w ,/():.+-]|_|^[-+*]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
"""What Mermaid takes for markup inside quotes, or for a list at the beginning of a label."""


class Format(StrEnum):
    MERMAID = "mermaid"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class _Box:
    """`key` is its name in the graph, which needs no escaping."""

    key: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """From what has something to what it has; or, where `is_use`, to what it uses."""

    start: str
    end: str
    is_use: bool


def render_graph(desired: DesiredState, types: Types, form: Format) -> str:
    """The whole text. Names are escaped: they may hold whatever a label can."""
    roots = topology(_as_it_stands(desired, types), types)
    nodes = [*_with_children(roots)]
    keys = {node.addresses: f"n{number}" for number, node in enumerate(nodes, start=1)}
    where = {address: keys[node.addresses] for node in nodes for address in node.addresses}
    boxes = [_Box(keys[node.addresses], (node.label, _about(node))) for node in nodes]
    return RENDERERS[form](boxes, [*_lines(nodes, keys, where)])


def _as_it_stands(desired: DesiredState, types: Types) -> Plan:
    """A plan in which nothing happens: its topology is that of the files alone."""
    declared = {**desired.resources, **_memberships_of_blocks(desired, types)}
    changes = tuple(
        Change(Action.NO_OP, address, resource, resource) for address, resource in declared.items()
    )
    return Plan(origin="", account=desired.account, changes=changes, steps=())


def _memberships_of_blocks(desired: DesiredState, types: Types) -> Mapping[Address, Resource]:
    """What blocks put their numbers on, below the location as what it declares itself."""
    names = {name for name, each in types.items() if each.shape is Shape.MEMBERSHIP}
    found: dict[Address, Resource] = {}
    for block in desired.resources.values():
        if types[block.address.type].shape is Shape.BLOCKS:
            for name in sorted(names & block.attributes.keys()):
                value = block.attributes[name]
                address = Address(name, (*block.address.path[:-1], str(value)))
                found[address] = Resource(address, {name: value})
    return found


def _with_children(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _with_children(node.children)


def _about(node: Node) -> str:
    """Its type and what hangs on it, of one of them where they are several."""
    several = len(node.addresses) > 1
    type_name = "each" if several else node.addresses[0].type
    if several and not node.notes:
        return ""
    return ", ".join((type_name, *node.notes))


def _lines(
    nodes: list[Node], keys: Mapping[tuple[Address, ...], str], where: Mapping[Address, str]
) -> Iterator[_Line]:
    for node in nodes:
        start = keys[node.addresses]
        for child in node.children:
            yield _Line(start, keys[child.addresses], is_use=False)
        for end in dict.fromkeys(where[link.target] for link in node.links):
            yield _Line(start, end, is_use=True)


def _mermaid(boxes: list[_Box], lines: list[_Line]) -> str:
    written = ["flowchart LR"]
    written += [
        f'  {box.key}["{"<br>".join(_for_mermaid(line) for line in box.lines if line)}"]'
        for box in boxes
    ]
    written += [f"  {line.start} {'-.->' if line.is_use else '-->'} {line.end}" for line in lines]
    return "\n".join(written)


def _for_mermaid(text: str) -> str:
    """The text with the characters that mean something as `#code;`, which Mermaid shows as is."""
    return ACTIVE_IN_MERMAID.sub(lambda found: f"#{ord(found[0])};", text)


def _dot(boxes: list[_Box], lines: list[_Line]) -> str:
    written = ["digraph {", "  rankdir=LR;", "  node [shape=box];"]
    written += [
        f"  {box.key} [label={_for_dot(*(line for line in box.lines if line))}];" for box in boxes
    ]
    written += [
        f"  {line.start} -> {line.end}{' [style=dashed]' if line.is_use else ''};" for line in lines
    ]
    return "\n".join([*written, "}"])


def _for_dot(*lines: str) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in map(printable, lines))
    return '"' + "\\n".join(escaped) + '"'


RENDERERS: Mapping[Format, Callable[[list[_Box], list[_Line]], str]] = {
    Format.MERMAID: _mermaid,
    Format.DOT: _dot,
}
