"""The JSON Schema of the plan, and the parts that it shares with that of the events."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.planning.plan import Action, Verb
from provisioner.views.documents import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSION: Document = {
    "description": "Major and minor version of this format.",
    "type": "string",
    "pattern": r"^1\.[0-9]+$",
}
ACTIONS = sorted(action.value for action in Action)
NEVER_SAVED = (Verb.RELEASE, Verb.CLOSE)


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


def objects(
    required: Mapping[str, object], optional: Mapping[str, object] | None = None, told: str = ""
) -> Document:
    """An object with these members, others allowed."""
    described: Document = {"description": told} if told else {}
    return {
        **described,
        "type": "object",
        "required": [*required],
        "properties": {**required, **(optional or {})},
    }


def reference(name: str) -> Document:
    return {"$ref": f"#/$defs/{name}"}


def list_of(items: Document) -> Document:
    return {"type": "array", "items": items}


def _text(told: str, **more: object) -> Document:
    return {"description": told, "type": "string", **more}


def _boolean(told: str) -> Document:
    return {"description": told, "type": "boolean"}


def _position() -> Document:
    return {"description": "From 1.", "type": ["integer", "null"], "minimum": 1}


SHARED: Document = {
    "address": objects(
        {
            "type": {"type": "string", "examples": ["sippeer"]},
            "path": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string"},
                "examples": [["Raleigh", "Messaging East"]],
            },
        },
        told="A resource: its type, and the labels from the root down to it.",
    ),
    "count": {"type": "integer", "minimum": 0},
    "problem": objects(
        {
            "severity": {"enum": ["error", "warning"]},
            "code": _text("Stable and short, such as `unknown-key`.", minLength=1),
            "summary": {"type": "string"},
            "detail": {"type": "string"},
            "file": {"type": ["string", "null"]},
            "line": _position(),
            "column": _position(),
        },
        {
            "row": objects(
                {
                    "file": {"type": "string"},
                    "line": {"type": "integer", "minimum": 1},
                    "column": {"type": "integer", "minimum": 1},
                },
                told="Where a template of the spec was filled in from rows: the row.",
            )
        },
    ),
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
            "reason": _text("Why, for people; empty where it goes without saying."),
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
                "path": _text("The field; a dot makes it a member of a group.", minLength=1),
                "sensitive": _boolean("A secret: before and after are absent."),
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
    "account": _text("The account that the plan is for.", minLength=1),
    "origin": _text(
        "What was compared with: scheme, host and port of the API that was read; `sandbox` "
        "for the embedded account, whose port changes with every run; or a git revision.",
        pattern=r"^(https?://[^/]+|sandbox|git revision .+)$",
    ),
    "spec": reference("spec"),
    "created_at": _text("When it was made, RFC 3339.", format="date-time"),
    "tool_version": _text("The provisioner that made it."),
    "complete": _boolean("Whether everything that the spec declares was read and compared."),
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
    "digest": _text("Names the plan: equal plans have equal digests. No secret goes into it."),
}

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
    "overridden_because": _text("Why it goes beyond the spec's limits; empty: it does not."),
    "checksum": _text("Of a saved plan: sha256 over everything else, as hexadecimal digits."),
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
            "line": _position(),
            "column": _position(),
        },
        told="One call's worth, and where the spec declares it.",
    ),
    "precondition": objects(
        {
            "id": _text("The server's; empty for what was not there, or has none."),
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
            "secret": _text("Where it is read when the plan is applied, never its value."),
            "folder": _text("That of the file which names it; paths are relative to it."),
        },
        told="`NAME` of the environment, `file:PATH` or `keyring:SERVICE/NAME`.",
    ),
}
