"""What a refusal says: the case in a sentence, and the way out."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from provisioner.errors import PlanRefused, Severity
from provisioner.model import DesiredState, LiveState
from provisioner.planning import make_plan
from provisioner.resource_type import Types

Load = Callable[[str], DesiredState]
Describe = Callable[[DesiredState, Mapping[str, Any]], LiveState]

USER = "callback-user"
ON = {"toll_free": True, "short_code": True}


def location(**body: Any) -> Mapping[str, Any]:
    east = {"id": "2", "default": True, **body}
    return {"sites": {"Raleigh": {"id": "1", "sippeers": {"East": east}}}}


@pytest.mark.parametrize(
    ("body", "account", "code", "detail"),
    [
        (
            "{default: false}",
            location(),
            "no-default",
            (
                "site Raleigh needs one sippeer with `default: true`. The spec says false for East "
                "and true for none: declare `default: true` on another."
            ),
        ),
        (
            "{sms: true}",
            location(sms={**ON, "protocol": "SMPP"}),
            "other-protocol",
            (
                "sms Raleigh/East is live with protocol SMPP, and this program only speaks for "
                "HTTP. Change it with the vendor, or take it out of the spec."
            ),
        ),
        (
            "{sms: false}",
            location(sms=ON, mms=True),
            "still-in-use",
            (
                "sms Raleigh/East cannot be switched off while mms Raleigh/East is on, and the "
                "spec does not mention that. Declare `mms: false`."
            ),
        ),
        (
            "{sms: false}",
            location(sms=ON, numbers=["+19105550001"]),
            "numbers-on-location",
            (
                "sms Raleigh/East cannot be switched off while the location has 1 number (error "
                "13673). Move or release it first."
            ),
        ),
        (
            "{sms: false}",
            location(sms=ON, numbers=["+19105550001", "+19105550002"]),
            "numbers-on-location",
            (
                "sms Raleigh/East cannot be switched off while the location has 2 numbers (error "
                "13673). Move or release them first."
            ),
        ),
        (
            "{numbers: [{area_code: 910, quantity: 400}, {area_code: 919, quantity: 3600}]}",
            location(),
            "too-many-new-numbers",
            (
                "This plan orders 4000 numbers, 3600 of them for numbers "
                "Raleigh/East/area_code=919, and the limit is 100. If that is meant, put this "
                "into the spec: `limits: {new_numbers: 4000}`, or run this once "
                "with --override-limits and the reason."
            ),
        ),
        (
            "{mms: true}",
            location(),
            "needs-another",
            "mms Raleigh/East needs sms on the same location. Declare `sms: true`.",
        ),
    ],
    ids=[
        "no-default",
        "other-protocol",
        "still-in-use",
        "one number",
        "two numbers",
        "limit",
        "needs-another",
    ],
)
def test_it_says_what_is_wrong_and_the_way_out(
    body: str,
    account: Mapping[str, Any],
    code: str,
    detail: str,
    load: Load,
    describe: Describe,
    types: Types,
) -> None:
    desired = load(f"sites: {{Raleigh: {{sippeers: {{East: {body}}}}}}}")
    with pytest.raises(PlanRefused) as refused:
        make_plan(desired, describe(desired, account), types)
    (problem,) = refused.value.problems
    assert (problem.code, problem.detail) == (code, detail)
    assert problem.severity is Severity.ERROR
    assert detail in str(refused.value)


def test_an_application_that_cannot_be_created_names_the_missing_key(
    load: Load, describe: Describe, types: Types
) -> None:
    desired = load("applications: {Alerts: }")
    with pytest.raises(PlanRefused) as refused:
        make_plan(desired, describe(desired, {}), types)
    (problem,) = refused.value.problems
    assert problem.detail == (
        "application Alerts does not exist, and cannot be created without `callback_url` or "
        "`messaging.inbound.callback_url`."
    )


def test_a_plan_beyond_the_limit_points_at_its_largest_block(
    load: Load, describe: Describe, types: Types
) -> None:
    desired = load(
        "limits: {new_numbers: 9}\n"
        "sites:\n"
        "  Raleigh:\n"
        "    sippeers:\n"
        "      East:\n"
        "        numbers:\n"
        "          - {area_code: 910, quantity: 2}\n"
        "          - {area_code: 919, quantity: 7}\n"
        "          - {area_code: 984, quantity: 3}\n"
    )
    with pytest.raises(PlanRefused) as refused:
        make_plan(desired, describe(desired, location()), types)
    (problem,) = refused.value.problems
    assert problem.origin is not None
    assert (problem.origin.line, problem.origin.column) == (8, 13)


SECRET = """\
applications:
  Alerts:
    callback_credentials: {user_id: callback-user, password: "${CALLBACK_PASSWORD}"}
"""
ALERTS = {"applications": {"Alerts": {"id": "a", "callback_credentials": {"user_id": USER}}}}


def test_a_spec_can_turn_a_warning_of_the_plan_into_a_refusal_or_off(
    load: Load, describe: Describe, types: Types
) -> None:
    desired = load(SECRET)
    live = describe(desired, ALERTS)
    (warning,) = make_plan(desired, live, types).warnings
    assert (warning.code, warning.severity) == ("secret-not-compared", Severity.WARNING)
    off = load(f"{SECRET}lint: {{secret-not-compared: off}}\n")
    assert make_plan(off, live, types).warnings == ()
    strict = load(f"{SECRET}lint: {{secret-not-compared: error}}\n")
    with pytest.raises(PlanRefused) as refused:
        make_plan(strict, live, types)
    (problem,) = refused.value.problems
    assert (problem.code, problem.severity) == ("secret-not-compared", Severity.ERROR)
