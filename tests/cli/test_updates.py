"""Every field that the API lets change: the plan shows just that, apply does it, the plan is empty.

The rows of the resource types say which fields there are, so a new row fails here until it has
values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.resource_type import Field, Kind
from provisioner.resources import resource_types

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, Ran

Change = Callable[[dict[str, Any]], None]
LocationChange = Callable[[Mapping[str, Any]], Change]

VALUES: Mapping[tuple[str, str], tuple[Any, Any]] = {
    ("application", "callback_url"): ("https://example.com/1", "https://example.com/2?a=1&b=2"),
    ("application", "callback_credentials.user_id"): ("callback-user", "another-user"),
    ("application", "messaging.requested_callback_types"): (
        ["message-delivered", "message-failed"],
        ["message-failed"],
    ),
    ("site", "description"): ("Test Gateway", "Tests & <trials>"),
    ("site", "customer_name"): ("BW", "Bandwidth"),
    ("site", "customer_provided_id"): ("1", "0002"),
    ("site", "address.house_prefix"): ("A", "B"),
    ("site", "address.house_number"): ("1600", "1601"),
    ("site", "address.house_suffix"): ("A", "B"),
    ("site", "address.pre_directional"): ("N", "S"),
    ("site", "address.street_name"): ("PENNSYLVANIA", "MAIN"),
    ("site", "address.street_suffix"): ("AVE", "ST"),
    ("site", "address.post_directional"): ("NW", "SE"),
    ("site", "address.address_line2"): ("Suite 200", "Suite 201"),
    ("site", "address.city"): ("WASHINGTON", "RALEIGH"),
    ("site", "address.state_code"): ("DC", "NC"),
    ("site", "address.zip"): ("20006", "02134"),
    ("site", "address.plus_four"): ("0001", "0002"),
    ("site", "address.county"): ("Wake", "Durham"),
    ("site", "address.country"): ("US", "CA"),
    ("site", "address.address_type"): ("Service", "Billing"),
    ("site", "uc_trunking.type"): ("Seats", "Cloud"),
    ("site", "uc_trunking.usage_category"): ("UC250", "UC1000"),
    ("sippeer", "description"): ("East", "East coast"),
    ("sms", "toll_free"): (True, False),
    ("sms", "short_code"): (True, False),
}

NEEDED_WITH = {
    # The service takes no new user id without the password (error 12976).
    ("application", "callback_credentials.user_id"): [
        {"path": "callback_credentials.password", "sensitive": True}
    ]
}


def changeable(type_name: str) -> Iterator[Field]:
    """Rows with a value that can be compared; names, defaults, and parts in place of a whole have
    tests of their own."""
    rows = resource_types()[type_name].spec_fields
    own_tests = {"name", "default"} | {part for row in rows for part in row.instead}
    for row in rows:
        if row.kind is not Kind.SECRET and row.name not in own_tests:
            yield row


FIELDS = [
    pytest.param(type_name, row, id=f"{type_name}-{row.name}")
    for type_name in ("application", "site", "sippeer", "sms")
    for row in changeable(type_name)
]


def full_spec(spec: dict[str, Any]) -> None:
    """Every field with its first value, and nothing that has to be waited for."""
    location = next(iter(spec["sites"]["Raleigh"]["sippeers"].values()))
    del location["numbers"]
    for (type_name, name), (before, _) in VALUES.items():
        put(spec, type_name, name, before)


def put(spec: dict[str, Any], type_name: str, name: str, value: object) -> None:
    place = declared(spec, type_name)
    group, _, member = name.rpartition(".")
    target = place.setdefault(group, {}) if group else place
    target[member] = value


def declared(spec: dict[str, Any], type_name: str) -> dict[str, Any]:
    """The mapping that declares a resource of the spec."""
    site: dict[str, Any] = spec["sites"]["Raleigh"]
    location: dict[str, Any] = next(iter(site["sippeers"].values()))
    if type_name == "sms" and not isinstance(location["sms"], dict):
        location["sms"] = {}
    places: dict[str, dict[str, Any]] = {
        "application": spec["applications"]["Production Server"],
        "site": site,
        "sippeer": location,
        "sms": location["sms"],
    }
    return places[type_name]


def path_of(account: Account, type_name: str) -> str:
    paths = {
        "application": lambda: account.application,
        "site": lambda: account.site,
        "sippeer": lambda: account.sippeer,
        "sms": lambda: f"{account.messaging}/features/sms",
    }
    return paths[type_name]()


def pending(ran: Ran) -> list[tuple[str, str, list[str]]]:
    """Of a plan as JSON: what it does to which type, and the attributes that differ."""
    return [
        (each["action"], each["address"]["type"], [part["path"] for part in each["attributes"]])
        for each in ran.document["changes"]
        if each["action"] != "no-op"
    ]


def apply_full_spec(cli: Cli, declare: Declare, account: Account) -> Account:
    """The account after the full spec was applied to it, with an empty log."""
    declare(full_spec)
    assert cli("apply", "--yes").code == 0
    assert pending(cli("plan", "--json")) == []
    account.log.clear()
    return account


@pytest.fixture
def applied(cli: Cli, declare: Declare, account: Account) -> Account:
    return apply_full_spec(cli, declare, account)


@pytest.fixture
def applied_again(cli: Cli, declare: Declare, shared_account: Account) -> Account:
    """One account for all tests that change nothing but fields, which are changed back here."""
    return apply_full_spec(cli, declare, shared_account)


@pytest.mark.parametrize(("type_name", "row"), FIELDS)
def test_a_changed_field_is_the_whole_plan_and_then_the_account_has_it(
    cli: Cli, declare: Declare, applied_again: Account, type_name: str, row: Field
) -> None:
    before, after = VALUES[type_name, row.name]

    def change(spec: dict[str, Any]) -> None:
        full_spec(spec)
        put(spec, type_name, row.name, after)

    declare(change)
    plan = cli("plan", "--json", "--detailed-exitcode")
    assert plan.code == 2
    (planned,) = [each for each in plan.document["changes"] if each["action"] != "no-op"]
    assert (planned["action"], planned["address"]["type"]) == ("update", type_name)
    assert planned["attributes"] == [
        {"path": row.name, "before": before, "after": after, "sensitive": False},
        *NEEDED_WITH.get((type_name, row.name), []),
    ]
    ran = cli("apply", "--yes")
    assert ran.code == 0
    assert "Applied: 0 created, 1 changed, 0 deleted, 0 numbers ordered" in ran.out
    assert len(applied_again.writes) == 1
    assert cli("plan", "--detailed-exitcode").code == 0
    for element in row.elements[:2]:
        found = applied_again.texts(path_of(applied_again, type_name), element)
        assert set(wire(after)) <= set(found)


def wire(value: object) -> list[str]:
    """The texts that carry a value, one for each of a list."""
    if isinstance(value, list):
        return value
    return [str(value).lower() if isinstance(value, bool) else str(value)]


@pytest.mark.parametrize(
    ("type_name", "element"),
    [("application", "AppName"), ("site", "Name"), ("sippeer", "PeerName")],
)
def test_a_pinned_resource_can_be_renamed(
    cli: Cli, declare: Declare, applied: Account, type_name: str, element: str
) -> None:
    path = path_of(applied, type_name)

    def change(spec: dict[str, Any]) -> None:
        full_spec(spec)
        declared(spec, type_name).update(id=path.rpartition("/")[2], name="Another")

    declare(change)
    assert pending(cli("plan", "--json")) == [("update", type_name, ["name"])]
    assert cli("apply", "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0
    assert applied.text(path, element) == "Another"
    assert path_of(applied, type_name) == path


def test_another_location_can_become_the_default(
    cli: Cli, declare: Declare, account: Account
) -> None:
    def two(*, west: bool) -> Change:
        def change(spec: dict[str, Any]) -> None:
            spec["sites"]["Raleigh"]["sippeers"] = {
                "East": {"default": not west},
                "West": {"default": west},
            }

        return change

    declare(two(west=False))
    assert cli("apply", "--yes").code == 0
    declare(two(west=True))
    assert ("update", "sippeer", ["default"]) in pending(cli("plan", "--json"))
    assert cli("apply", "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0
    names = account.texts(f"{account.site}/sippeers", "PeerName")
    defaults = account.texts(f"{account.site}/sippeers", "IsDefaultPeer")
    assert dict(zip(names, defaults, strict=True)) == {"East": "false", "West": "true"}


def test_another_application_can_be_assigned(
    cli: Cli, declare: Declare, applied: Account, at_location: LocationChange
) -> None:
    def change(spec: dict[str, Any]) -> None:
        full_spec(spec)
        spec["applications"]["Test Server"] = {"callback_url": "https://example.com/test"}
        at_location({"application": "Test Server"})(spec)

    declare(change)
    assert pending(cli("plan", "--json"))[1] == ("update", "messaging_application", ["application"])
    assert cli("apply", "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0
    names = applied.texts("/applications", "AppName")
    ids = applied.texts("/applications", "ApplicationId")
    settings = f"{applied.messaging}/applicationSettings"
    assert applied.text(settings, "HttpMessagingV2AppId") == ids[names.index("Test Server")]


def test_a_password_of_which_nobody_can_tell_is_sent_again_only_when_asked_for(
    cli: Cli, applied: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".provisioner/journal.key").unlink()
    monkeypatch.setenv("CALLBACK_PASSWORD", "a-new-password")
    plan = cli("plan")
    assert "No changes." in plan.out
    assert "--resend-secrets" in plan.out
    again = cli("plan", "--resend-secrets", "--json")
    assert pending(again) == [("update", "application", ["callback_credentials.password"])]
    (attribute,) = again.document["changes"][0]["attributes"]
    assert attribute == {"path": "callback_credentials.password", "sensitive": True}
    assert cli("apply", "--yes", "--resend-secrets").code == 0
    (write,) = applied.writes
    assert b"<Password>a-new-password</Password>" in write.request


def test_mms_can_be_switched_off_alone(
    cli: Cli, declare: Declare, applied: Account, at_location: LocationChange
) -> None:
    def change(spec: dict[str, Any]) -> None:
        full_spec(spec)
        at_location({"mms": False})(spec)

    declare(change)
    assert pending(cli("plan", "--json")) == [("delete", "mms", [])]
    assert cli("apply", "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0
    (write,) = applied.writes
    assert (write.method, write.target.rpartition("/")[2]) == ("DELETE", "mms")


def test_switching_sms_off_unassigns_then_takes_mms_then_sms(
    cli: Cli, declare: Declare, applied: Account, at_location: LocationChange
) -> None:
    def change(spec: dict[str, Any]) -> None:
        full_spec(spec)
        at_location({"mms": False, "sms": False, "application": None})(spec)

    declare(change)
    ran = cli("apply", "--yes")
    assert ran.code == 0
    assert [(each.method, each.target.rpartition("/")[2]) for each in applied.writes] == [
        ("PUT", "applicationSettings"),
        ("DELETE", "mms"),
        ("DELETE", "sms"),
    ]
    assert b"REMOVE" in applied.writes[0].request
    assert cli("plan", "--detailed-exitcode").code == 0


def test_sms_that_other_things_build_on_is_not_switched_off(
    cli: Cli, declare: Declare, applied: Account, at_location: LocationChange
) -> None:
    def change(spec: dict[str, Any]) -> None:
        full_spec(spec)
        at_location({"mms": None, "sms": False, "application": None})(spec)

    declare(change)
    ran = cli("apply", "--yes")
    assert ran.code == 1
    assert "Declare `mms: false`" in " ".join(ran.err.split())
    assert applied.writes == []
