"""A saved plan as JSON: what `plan --json` tells, with the steps and what they take for granted.

Both directions stand here, so that they stay one format. A minor version may add only what a
reader can pass over without doing harm; whatever has to be heeded makes a major one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from provisioner.errors import BadSavedPlan, Origin
from provisioner.model import (
    Address,
    BodyTemplate,
    DesiredState,
    Resource,
    Secret,
    Value,
)
from provisioner.planning.numbers import BlockCount
from provisioner.planning.plan import Action, AttributeChange, Change, Plan, Step, Verb
from provisioner.planning.saved import NumbersSeen, Precondition, SavedPlan, SavedStep
from provisioner.resource_type import Types
from provisioner.views.documents import Document, address_document, value_document
from provisioner.views.plan_json import FORMAT_VERSION, plan_document
from provisioner.views.plan_schema import plan_schema
from provisioner.views.saved_plan_schema import SAVED_MEMBERS

SecretOf = Callable[[str, str], Secret]
"""A secret by its name and the folder of the file that named it."""
MEMBERS_TOLD = 3


def saved_plan_document(
    saved: SavedPlan, desired: DesiredState, *, created_at: str, tool_version: str
) -> Document:
    document = plan_document(saved.plan, desired, created_at=created_at, tool_version=tool_version)
    document["known"] = [
        {"address": address_document(address), "id": server_id}
        for address, server_id in saved.ids.items()
    ]
    document["steps"] = [_step(each, desired) for each in saved.steps]
    document["templates"] = {
        name: {"file": each.file, "text": each.text} for name, each in saved.templates.items()
    }
    document["overridden_because"] = saved.overridden_because
    document["checksum"] = checksum(document)
    return document


def checksum(document: Mapping[str, Any]) -> str:
    """Over everything but itself, members that this version does not know included."""
    sealed = {name: value for name, value in document.items() if name != "checksum"}
    canonical = json.dumps(sealed, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _step(saved_step: SavedStep, desired: DesiredState) -> Document:
    step, origin = saved_step.step, saved_step.step.origin
    after = step.change.after
    return {
        "verb": step.verb.value,
        "address": address_document(step.address),
        "waits_for": [address_document(each) for each in step.waits_for],
        "after": None if after is None else _attributes(after, desired),
        "precondition": _precondition(saved_step, desired),
        "file": origin.file if origin else None,
        "line": origin.line if origin else None,
        "column": origin.column if origin else None,
    }


def _precondition(saved_step: SavedStep, desired: DesiredState) -> Document:
    change, seen = saved_step.step.change, saved_step.precondition
    before = None if change.before is None else _attributes(change.before, desired)
    return {
        "id": seen.id,
        "before": before,
        "numbers": seen.numbers and {"count": seen.numbers.count, "digest": seen.numbers.digest},
        "orders": list(seen.orders),
        "places": dict(seen.places),
    }


def _attributes(resource: Resource, desired: DesiredState) -> Document:
    return {
        name: _secret(value, desired.origin(resource.address, name))
        if isinstance(value, Secret)
        else value_document(value)
        for name, value in resource.attributes.items()
    }


def _secret(secret: Secret, origin: Origin | None) -> Document:
    """By its source, which is seen from the file of the field: that may be one of defaults."""
    folder = origin.file.rpartition("/")[0] if origin else ""
    return {"secret": secret.name, "folder": folder}


def read_saved_plan(text: str, types: Types, secret_of: SecretOf) -> SavedPlan:
    """Raises BadSavedPlan for what is none, or damaged, or of a version that is not known."""
    document = _checked(text)
    changes = {_address(each["address"]): each for each in document["changes"]}
    steps = tuple(_saved_step(each, changes, secret_of) for each in document["steps"])
    unknown = {each.address.type for each in steps} - types.keys()
    if unknown:
        raise BadSavedPlan(
            f"It is about {', '.join(sorted(unknown))}, which this version does not know."
        )
    plan = Plan(
        origin=document["origin"],
        account=document["account"],
        changes=tuple({each.address: each.step.change for each in steps}.values()),
        steps=tuple(each.step for each in steps),
        digest=document["digest"],
    )
    return SavedPlan(
        plan,
        steps,
        {_address(each["address"]): each["id"] for each in document["known"]},
        tuple(document["spec"]["files"]),
        document["spec"]["digest"],
        {
            name: BodyTemplate(each["file"], each["text"])
            for name, each in document["templates"].items()
        },
        document["overridden_because"],
    )


def _checked(text: str) -> Mapping[str, Any]:
    try:
        document: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError):
        raise BadSavedPlan("It is damaged: it is not JSON as a whole.") from None
    version = str(document.get("format_version"))
    major = FORMAT_VERSION.partition(".")[0]
    if version.partition(".")[0] != major:
        raise BadSavedPlan(
            f"Its format is {version}, and this version of the program reads {major}.x. Apply it "
            "with the version that made it, or plan again with this one."
        )
    if not SAVED_MEMBERS.keys() <= document.keys():
        raise BadSavedPlan(
            "It was printed, not saved: only `plan --out FILE` writes one for apply."
        )
    if document["checksum"] != checksum(document):
        raise BadSavedPlan("It was edited or is damaged: its content does not have its checksum.")
    wrong = [error.json_path for error in Draft202012Validator(plan_schema()).iter_errors(document)]
    if wrong:
        raise BadSavedPlan(
            f"It is not as the schema says at {', '.join(wrong[:MEMBERS_TOLD])}. Was it made by a "
            "newer version?"
        )
    return document


def _saved_step(
    told: Mapping[str, Any], changes: Mapping[Address, Mapping[str, Any]], secret_of: SecretOf
) -> SavedStep:
    address = _address(told["address"])
    seen = told["precondition"]
    change = _change(address, changes.get(address), told, secret_of)
    waits_for = tuple(_address(each) for each in told["waits_for"])
    origin = Origin(told["file"], told["line"], told["column"]) if told["file"] else None
    step = Step(Verb(told["verb"]), change, waits_for, origin)
    numbers = seen["numbers"]
    return SavedStep(
        step,
        Precondition(
            id=seen["id"],
            numbers=numbers and NumbersSeen(numbers["count"], numbers["digest"]),
            orders=tuple(seen["orders"]),
            places=seen["places"],
        ),
    )


def _change(
    address: Address,
    told: Mapping[str, Any] | None,
    step: Mapping[str, Any],
    secret_of: SecretOf,
) -> Change:
    if told is None:
        raise BadSavedPlan(f"It has a step for {address}, and no change.")
    after = _resource(address, step["after"], secret_of)
    before = _resource(address, step["precondition"]["before"], secret_of)
    return Change(
        Action(told["action"]),
        address,
        before,
        after,
        tuple(_attribute_change(each, after) for each in told["attributes"]),
        told["reason"],
        _count(told.get("numbers")),
    )


def _attribute_change(told: Mapping[str, Any], after: Resource | None) -> AttributeChange:
    path = told["path"]
    if told["sensitive"]:
        return AttributeChange(path, None, after.attributes.get(path) if after else None)
    return AttributeChange(path, _plain(told["before"]), _plain(told["after"]))


def _count(told: Mapping[str, int] | None) -> BlockCount | None:
    if told is None:
        return None
    return BlockCount(told["declared"], told["live"], told["in_flight"], told["to_move"])


def _resource(
    address: Address, told: Mapping[str, Any] | None, secret_of: SecretOf
) -> Resource | None:
    if told is None:
        return None
    values: dict[str, Value] = {}
    for name, value in told.items():
        if isinstance(value, dict) and "secret" in value:
            values[name] = secret_of(value["secret"], value["folder"])
        elif (plain := _plain(value)) is not None:
            values[name] = plain
    return Resource(address, values)


def _plain(value: Any) -> Value | None:
    if isinstance(value, dict):
        return _address(value)
    if isinstance(value, list):
        return tuple(value)
    known: Value | None = value
    return known


def _address(told: Mapping[str, Any]) -> Address:
    return Address(told["type"], tuple(told["path"]))
