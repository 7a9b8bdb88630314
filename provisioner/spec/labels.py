"""Labels for what is live, as the keys of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from provisioner.model import Address, Resource
from provisioner.spec.identity_schema import LONGEST_LABEL

REFERENCE = "${"


def labels_of(siblings: Iterable[Resource], ids: Mapping[Address, str]) -> dict[Address, str]:
    """A label for each: its name, or where that is taken or cannot be a key, one with its id.

    Names that differ only in the space around them are taken, too: nobody could tell them apart.
    """
    named: dict[str, list[Resource]] = {}
    for each in siblings:
        named.setdefault(name_of(each).strip(), []).append(each)
    alone = {name: several[0] for name, several in named.items() if len(several) == 1}
    labels = {each.address: name for name, each in alone.items() if _can_be_key(name)}
    taken = set(labels.values())
    for name, several in named.items():
        for each in several:
            if each.address not in labels:
                label = _with_id(name, ids[each.address], taken)
                labels[each.address] = label
                taken.add(label)
    return labels


def name_of(resource: Resource) -> str:
    """The live name, exactly as it is."""
    return str(resource.attributes.get("name", ""))


def variable_for(label: str, key: str, taken: Iterable[str]) -> str:
    """The name of an environment variable: what it is for, `CALLBACK_PASSWORD` at its end.

    >>> variable_for("Production Server", "callback_password", ())
    'PRODUCTION_SERVER_CALLBACK_PASSWORD'
    """
    words = re.sub(r"[^A-Z0-9]+", "_", label.upper()).strip("_")
    start = f"{words}_" if words else ""
    name = f"{'_' if start[:1].isdigit() else ''}{start}{key.upper()}"
    return unique(name, taken, "_")


def file_name_for(label: str, taken: Iterable[str]) -> str:
    """The name of a file without its suffix.

    >>> file_name_for("Raleigh / East", ())
    'raleigh-east'
    """
    return unique(re.sub(r"[\W_]+", "-", label.lower()).strip("-") or "unnamed", taken, "-")


def unique(text: str, taken: Iterable[str], joint: str) -> str:
    """The text, with a number at its end where it is taken."""
    others, number, found = set(taken), 1, text
    while found in others:
        number += 1
        found = f"{text}{joint}{number}"
    return found


def _can_be_key(name: str) -> bool:
    return bool(name) and len(name) <= LONGEST_LABEL and REFERENCE not in name


def _with_id(name: str, server_id: str, taken: Iterable[str]) -> str:
    suffix = f"({server_id})"
    readable = name.replace(REFERENCE, "$(")[: LONGEST_LABEL - len(suffix) - 4].strip()
    return unique(f"{readable} {suffix}".strip(), taken, " ")
