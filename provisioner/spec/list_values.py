"""Variables that are lists: what is written for them, and what stands where they are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provisioner.errors import Problem
from provisioner.spec.composition import MOST_NODES, compose
from provisioner.spec.filling import References, Variable
from provisioner.spec.nodes import NULLS, Listing, Node, Scalar, Table, with_scalars
from provisioner.spec.problems import error
from provisioner.spec.references import list_variable
from provisioner.spec.values import text_faults


def read_list(text: str, source: str, problems: list[Problem]) -> Listing | None:
    """What the command line or the environment gives, as YAML: data, in which nothing is filled
    in. Its positions are those in the text, in a "file" that is called as its source."""
    seen = len(problems)
    root = compose(source, text, problems)
    if len(problems) > seen:
        return None
    if not isinstance(root, Listing):
        problems.append(error("wrong-type", f"`{source}` has to be a list, such as `[a, b]`."))
        return None
    return _as_data(root)


def filled_list(
    written: Listing, references: References, problems: list[Problem]
) -> Listing | None:
    """What a file has, with its references filled in once and for all."""
    seen = len(problems)

    def fill(node: Scalar) -> Scalar:
        filled = references.fill(node)
        problems.extend(text_faults(filled, node.origin))
        is_typed = node.plain or ("${" in node.text and filled.text not in NULLS)
        return replace(node, text=filled.text, plain=is_typed)

    listing = with_scalars(written, fill)
    return _as_data(listing) if len(problems) == seen else None


def with_lists(root: Table, variables: Mapping[str, Variable], problems: list[Problem]) -> Table:
    """The tree with lists in the places of values that are a reference to one, and nothing else."""
    if not any(each.items for each in variables.values()):
        return root

    def put(node: Scalar) -> Node:
        variable = variables.get(list_variable(node.text) or "")
        items = variable.items if variable else None
        return replace(items, origin=node.origin) if items else node

    filled = with_scalars(root, put)
    if filled.size > MOST_NODES:
        detail = f"With its lists filled in the spec has more than {MOST_NODES:,} values."
        problems.append(error("too-many-nodes", detail, root.origin))
        return root
    return filled


def _as_data(listing: Listing) -> Listing:
    """What looks like a reference is text. Whoever reads the items reads references first."""
    return with_scalars(listing, lambda node: replace(node, text=node.text.replace("${", "$${")))
