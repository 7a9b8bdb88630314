"""The JSON Schema of the plan; its parts stand in that of the events, too."""

from __future__ import annotations

from provisioner.planning.plan import Action
from provisioner.views.documents import Document
from provisioner.views.saved_plan_schema import SAVED_MEMBERS, SAVED_PARTS
from provisioner.views.schema_parts import (
    DIALECT,
    SHARED,
    VERSION,
    boolean,
    list_of,
    objects,
    reference,
    text,
)

ACTIONS = sorted(action.value for action in Action)


def plan_schema() -> Document:
    return {
        "$schema": DIALECT,
        "title": "Plan",
        "description": (
            "What `provisioner plan --json` prints, on one line, and with its steps what "
            "`provisioner plan --out FILE` saves. Minor format versions add members, major ones "
            "break; readers pass over members that they do not know."
        ),
        **objects(
            PLAN_MEMBERS,
            {"type": {"description": "As an event.", "const": "plan"}, **SAVED_MEMBERS},
        ),
        "dependentRequired": {
            name: [each for each in SAVED_MEMBERS if each != name] for name in SAVED_MEMBERS
        },
        "$defs": {**SHARED, **PLAN_PARTS, **SAVED_PARTS},
    }


PLAN_PARTS: Document = {
    "spec": objects(
        {"files": list_of({"type": "string"}), "digest": {"type": "string"}},
        told="The files that the plan was computed from.",
    ),
    "change": objects(
        {
            "address": reference("address"),
            "action": {
                "description": (
                    "Assigning an application is a create, switching a feature off a delete. An "
                    "order is billed."
                ),
                "enum": ACTIONS,
            },
            "attributes": {
                "description": (
                    "What differs. For an order `quantity` tells how many numbers are there and "
                    "how many are declared, `in_flight` how many are on order. For a move "
                    "`telephone_numbers` tells which, and `sippeer` from where to where; for a "
                    "release which, and `release_order` the order that is under way already."
                ),
                **list_of(reference("attribute")),
            },
            "reason": text("Why, for people; empty where it goes without saying."),
        },
        {"numbers": reference("numbers")},
    ),
    "numbers": objects(
        {
            name: reference("count")
            for name in ("declared", "live", "in_flight", "to_move", "to_order")
        },
        told=(
            "Of a number block: how many are declared, live, on order, to be moved to it, and to "
            "be ordered. What is ordered is billed."
        ),
    ),
    "attribute": {
        **objects(
            {
                "path": text("The field; a dot makes it a member of a group.", minLength=1),
                "sensitive": boolean("A secret: before and after are absent."),
            },
            {"before": reference("value"), "after": reference("value")},
        ),
        "if": {"properties": {"sensitive": {"const": True}}},
        "then": {"properties": {"before": False, "after": False}},
        "else": {"required": ["before", "after"]},
    },
    "value": {
        "description": "null: not there. A reference is an address.",
        "anyOf": [
            {"type": ["string", "boolean", "integer", "null"]},
            list_of({"type": "string"}),
            reference("address"),
        ],
    },
    "summary": objects(
        {
            name: reference("count")
            for name in (
                "create",
                "update",
                "delete",
                "order",
                "numbers_to_order",
                "numbers_to_move",
                "numbers_to_assign",
                "numbers_to_release",
                "orders_to_close",
                "no_op",
                "unmanaged",
                "unclaimed_numbers",
            )
        },
        told=(
            "How many changes of each action; `order` counts blocks, `numbers_to_order` numbers; "
            "`unmanaged` are live and not in the spec, `unclaimed_numbers` on declared sippeers "
            "and of no block."
        ),
    ),
}

ID: Document = {"description": "null where nobody says.", "type": ["string", "null"]}
PLAN_MEMBERS: Document = {
    "format_version": VERSION,
    "account": text("The account that the plan is for.", minLength=1),
    "origin": text(
        "What was compared with: scheme, host and port of the API that was read; `sandbox` "
        "for the embedded account, whose port changes with every run; or a git revision.",
        pattern=r"^(https?://[^/]+|sandbox|git revision .+)$",
    ),
    "spec": reference("spec"),
    "created_at": text("When it was made, RFC 3339.", format="date-time"),
    "tool_version": text("The provisioner that made it."),
    "complete": boolean("Whether everything that the spec declares was read and compared."),
    "changes": {
        "description": "One for each declared resource, unchanged ones included, by address.",
        **list_of(reference("change")),
    },
    "summary": reference("summary"),
    "unmanaged": {
        "description": (
            "Resources that are live and not in the spec, with their ids; as far as what was read "
            "shows them, or all that can be found with `--unmanaged`. They stay."
        ),
        **list_of(objects({"address": reference("address"), "id": ID})),
    },
    "left_out": {
        "description": "What would change, and was left out by --target or --exclude.",
        **list_of(reference("address")),
    },
    "unclaimed_numbers": {
        "description": "Live numbers on declared sippeers that no block asks for. They stay.",
        **list_of({"type": "string"}),
    },
    "warnings": list_of(reference("problem")),
    "digest": text("Names the plan: equal plans have equal digests. No secret goes into it."),
}
