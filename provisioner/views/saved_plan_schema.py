"""What the JSON Schema of the plan says of one that is saved."""

from __future__ import annotations

from provisioner.planning.plan import Verb
from provisioner.views.documents import Document
from provisioner.views.schema_parts import POSITION, list_of, objects, reference, text

NEVER_SAVED = (Verb.RELEASE, Verb.CLOSE)

SAVED_MEMBERS: Document = {
    "known": {
        "description": "What the steps refer to or are part of, and do not make themselves.",
        **list_of(objects({"address": reference("address"), "id": {"type": "string"}})),
    },
    "steps": {
        "description": "Of a saved plan: what is carried out, in an order that can be run.",
        **list_of(reference("step")),
    },
    "templates": {
        "description": "The spec's own templates of bodies, by resource type.",
        "type": "object",
        "additionalProperties": objects({"file": {"type": "string"}, "text": {"type": "string"}}),
    },
    "overridden_because": text("Why it goes beyond the spec's limits; empty: it does not."),
    "checksum": text("Of a saved plan: sha256 over everything else, as hexadecimal digits."),
}

SAVED_PARTS: Document = {
    "step": objects(
        {
            "verb": {
                "description": "`await` follows orders that were placed before.",
                "enum": [verb.value for verb in Verb if verb not in NEVER_SAVED],
            },
            "address": reference("address"),
            "waits_for": list_of(reference("address")),
            "after": {
                "description": (
                    "What is declared and will be sent; null for a delete. An order whose location "
                    "is there has its `customer_order_id`."
                ),
                "anyOf": [reference("attributes"), {"type": "null"}],
            },
            "precondition": reference("precondition"),
            "file": {"type": ["string", "null"]},
            "line": POSITION,
            "column": POSITION,
        },
        told="One call's worth, and where the spec declares it.",
    ),
    "precondition": objects(
        {
            "id": text("The server's; empty for what was not there, or has none."),
            "before": {
                "description": "What it was; null: it was not there.",
                "anyOf": [reference("attributes"), {"type": "null"}],
            },
            "numbers": {
                "description": (
                    "Of an order: the numbers of its location that the plan has nothing to do "
                    "with, how many and the sha256 of them, sorted, a space between two."
                ),
                "anyOf": [
                    objects({"count": reference("count"), "digest": {"type": "string"}}),
                    {"type": "null"},
                ],
            },
            "orders": {
                "description": "Of an order: the ids of the block's earlier orders.",
                **list_of({"type": "string"}),
            },
            "places": {
                "description": "Of a move: the id of the sippeer that each number was on.",
                "type": "object",
                "additionalProperties": {"type": "string"},
            },
        },
        told="What the plan saw. Where the account is otherwise, nothing is sent.",
    ),
    "attributes": {
        "type": "object",
        "additionalProperties": {"anyOf": [reference("value"), reference("secret")]},
    },
    "secret": objects(
        {
            "secret": text("Where it is read when the plan is applied, never its value."),
            "folder": text("That of the file which names it; paths are relative to it."),
        },
        told="`NAME` of the environment, `file:PATH` or `keyring:SERVICE/NAME`.",
    ),
}
