from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.errors import SettingsError
from provisioner.model import Address, LiveState, Resource, Value
from provisioner.resources import resource_types
from provisioner.spec import load_spec
from provisioner.spec.exporting import export_spec
from provisioner.spec.fitness import misfit
from provisioner.spec.number_blocks import listed_blocks
from provisioner.spec.selection import select
from tests.conftest import Golden

TYPES = resource_types()
STREET: Mapping[str, Value] = {
    "address.house_number": "1600",
    "address.street_name": "PENNSYLVANIA",
    "address.city": "WASHINGTON",
    "address.state_code": "DC",
    "address.zip": "20006",
}


def at(type_name: str, *path: str, **attributes: Value) -> Resource:
    named = {"name": path[-1]} if type_name in ("application", "site", "sippeer") else {}
    return Resource(Address(type_name, path), {**named, **attributes})


def with_(resource: Resource, attributes: Mapping[str, Value]) -> Resource:
    return Resource(resource.address, {**resource.attributes, **attributes})


def account(*resources: Resource, **numbers: tuple[str, ...]) -> LiveState:
    """`numbers` are those of a sippeer, by its last name."""
    return LiveState(
        "9900778",
        "sandbox",
        {each.address: each for each in resources},
        {each.address: str(500000 + n) for n, each in enumerate(resources)},
        {
            each.address: numbers[each.address.path[-1]]
            for each in resources
            if each.address.type == "sippeer" and each.address.path[-1] in numbers
        },
    )


SITE = at("site", "Raleigh")
EVERYTHING = account(
    at("application", "Server", callback_url="https://example.com/in"),
    with_(
        at("application", "Alerts ${A}", callback_url="https://a (inbound), none (outbound)"),
        {
            "messaging.inbound.callback_url": "https://a",
            "callback_credentials.user_id": "callback-user",
            "messaging.inbound.callback_credentials.user_id": "callback-user",
            "messaging.outbound.callback_credentials.user_id": "callback-user",
            "messaging.requested_callback_types": ("message-delivered", "message-failed"),
        },
    ),
    with_(
        at("application", "Apart", callback_url="https://in (inbound), https://out (outbound)"),
        {
            "messaging.inbound.callback_url": "https://in",
            "messaging.outbound.callback_url": "https://out",
            "callback_credentials.user_id": "inbound-user (inbound), out (outbound)",
            "messaging.inbound.callback_credentials.user_id": "inbound-user",
            "messaging.outbound.callback_credentials.user_id": "out",
            "messaging.requested_callback_types": ("message-read",),
        },
    ),
    at("application", "Alerts", callback_url=""),
    at("application", "n" * 60),
    with_(SITE, {**STREET, "description": "Test", "address.country": "US"}),
    with_(
        at("site", "NO"), {**STREET, "address.country": "Canada", "address.address_type": "Billing"}
    ),
    at("site", "Durham (id 7)", name="Raleigh", customer_provided_id="0042"),
    with_(at("site", "Cary"), {**STREET, "address.zip": "2000", "customer_name": "a\nb"}),
    at("sippeer", "Raleigh", "west", default=False),
    at("sippeer", "Raleigh", "East", default=True, description="All of it"),
    at("sms", "Raleigh", "East", toll_free=True, short_code=True, protocol="HTTP"),
    at("mms", "Raleigh", "East", protocol="HTTP"),
    at(
        "messaging_application",
        "Raleigh",
        "East",
        application=Address("application", ("Alerts ${A}",)),
    ),
    at("sms", "Raleigh", "west", toll_free=False, short_code=True, protocol="HTTP"),
    at("mms", "Raleigh", "west", protocol="MM4"),
    at(
        "messaging_application", "Raleigh", "west", application=Address("application", ("n" * 60,))
    ),
    at("sippeer", "NO", "Old", default=True),
    at("sms", "NO", "Old", toll_free=True, short_code=True, protocol="SMPP"),
    at(
        "messaging_application", "NO", "Old", application=Address("application", ("id 4711",))
    ),
    at("sippeer", "Cary", "Half", default=True),
    at("sms", "Cary", "Half", toll_free=True),
    East=("+19195550002", "+19105550001", "+19195550001", "+442071838750", "+18885550001"),
)  # fmt: skip


def test_an_account_reads_as_if_somebody_had_written_it(golden: Golden) -> None:
    exported = export_spec(EVERYTHING, TYPES)
    warnings = [f"{each.severity} {each.code}: {each.detail}" for each in exported.left_out]
    golden("export/everything.yaml", exported.text)
    golden("export/exact_numbers.yaml", export_spec(EVERYTHING, TYPES, listed_blocks).text)
    golden("export/warnings.txt", "\n".join([*warnings, "", *exported.variables, ""]))


def test_the_files_of_a_split_export_say_together_what_one_says(tmp_path: Path) -> None:
    exported = export_spec(EVERYTHING, TYPES)
    environ = dict.fromkeys(exported.variables, "secret-1")
    files = exported.files(TYPES)
    assert list(files) == [
        "applications.yaml", "cary.yaml", "no.yaml", "raleigh-500005.yaml", "raleigh-500007.yaml"
    ]  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    one = tmp_path / "one.yml"
    apart = load_spec([tmp_path], environ, TYPES)
    one.write_text(exported.text)
    together = load_spec([one], environ, TYPES)
    assert (apart.resources, apart.pins) == (together.resources, together.pins)
    assert len(together.resources) > 15


def test_the_order_of_the_account_means_nothing() -> None:
    backwards = dict(reversed([*EVERYTHING.resources.items()]))
    again = LiveState("9900778", "sandbox", backwards, EVERYTHING.ids, EVERYTHING.numbers)
    assert export_spec(again, TYPES).text == export_spec(EVERYTHING, TYPES).text


LOCAL, ANOTHER, TOLL_FREE = "+19195550001", "+19195550002", "+18885550001"


def on_campaigns(**campaigns: str) -> str:
    """What is exported of a location whose two local numbers, and a toll-free one, are there."""
    live = account(SITE, at("sippeer", "Raleigh", "East"), East=(LOCAL, ANOTHER, TOLL_FREE))
    numbers = {"first": LOCAL, "second": ANOTHER}
    placed = {numbers[name]: campaign for name, campaign in campaigns.items()}
    return export_spec(replace(live, memberships=placed), TYPES).text


def test_a_location_whose_local_numbers_are_on_one_campaign_declares_it() -> None:
    assert "        campaign: C1\n" in on_campaigns(first="C1", second="C1")
    assert "campaign" not in on_campaigns()


def test_a_campaign_of_some_numbers_is_left_out_and_told() -> None:
    start = "# Left out: campaign: its numbers are not all on one: "
    assert f"{start}1 on C1 and 1 on none." in on_campaigns(first="C1")
    assert f"{start}1 on C1 and 1 on C2." in on_campaigns(first="C1", second="C2")
    assert "# Left out: campaign: it is" in on_campaigns(first="C 1", second="C 1")


def test_an_empty_account_is_a_spec_too(tmp_path: Path) -> None:
    exported = export_spec(account(), TYPES)
    (tmp_path / "spec.yaml").write_text(exported.text)
    assert load_spec([tmp_path], {}, TYPES).account == "9900778"
    assert list(exported.files(TYPES)) == ["applications.yaml"]


def test_what_a_site_needs_comes_along() -> None:
    part = select(EVERYTHING, {"site": ("Raleigh",), "application": ()}, TYPES)
    names = {each.path for each in part.resources if each.type == "application"}
    assert names == {("Alerts ${A}",), ("n" * 60,)}
    assert {each.path[0] for each in part.resources if each.type == "sippeer"} == {"Raleigh"}
    assert {each.path[0] for each in part.resources if each.type == "site"} == {
        "Raleigh",
        "Durham (id 7)",
    }, "both of that name"


def test_an_application_alone_takes_no_site_with_it() -> None:
    part = select(EVERYTHING, {"site": (), "application": ("Server",)}, TYPES)
    assert list(part.resources) == [Address("application", ("Server",))]


@pytest.mark.parametrize(
    ("name", "way_out"),
    [("Raleih", 'Did you mean "Raleigh"?'), ("Nowhere", 'It has "Cary", "NO" and "Raleigh".')],
)
def test_a_name_that_nothing_has_is_refused_with_a_way_out(name: str, way_out: str) -> None:
    with pytest.raises(SettingsError, match="The account has no site") as refused:
        select(EVERYTHING, {"site": (name,), "application": ()}, TYPES)
    assert str(refused.value).endswith(way_out)


def test_a_name_that_an_empty_account_lacks_is_refused() -> None:
    with pytest.raises(SettingsError, match="It has none"):
        select(account(), {"site": ("Raleigh",)}, TYPES)


def test_numbers_beyond_what_a_block_can_ask_for_do_not_break_the_spec(tmp_path: Path) -> None:
    many = tuple(f"+1910{n:07}" for n in range(5001))
    exported = export_spec(account(SITE, at("sippeer", "Raleigh", "East"), East=many), TYPES)
    (tmp_path / "spec.yaml").write_text(exported.text)
    (block,) = (
        each for each in load_spec([tmp_path], {}, TYPES).resources.values()
        if each.address.type == "numbers"
    )  # fmt: skip
    assert block.attributes["quantity"] == 5000


def test_listed_numbers_beyond_what_a_block_can_hold_go_into_another(tmp_path: Path) -> None:
    many = tuple(f"+1910555{n:04}" for n in range(5001))
    live = account(SITE, at("sippeer", "Raleigh", "East"), East=many)
    (tmp_path / "spec.yaml").write_text(export_spec(live, TYPES, listed_blocks).text)
    blocks = [
        each.attributes["telephone_numbers"]
        for each in load_spec([tmp_path], {}, TYPES).resources.values()
        if each.address.type == "numbers"
    ]
    assert [len(each) for each in blocks if isinstance(each, tuple)] == [5000, 1]


@pytest.mark.parametrize(
    ("type_name", "field_name", "value", "reason"),
    [
        ("application", "callback_credentials.user_id", "me", "has 2 characters, and at least 6"),
        ("site", "uc_trunking.type", "Chairs", 'is "Chairs", and can only be Seats, Premise or'),
        ("site", "customer_name", "x" * 51, "has 51 characters, and at most 50 are possible"),
        ("site", "address.zip", "2000", 'is "2000", which is not of the form'),
        ("site", "customer_name", "a\nb", "holds a control character"),
        ("site", "customer_name", "BW", ""),
    ],
)
def test_a_value_that_a_spec_refuses_has_a_reason(
    type_name: str, field_name: str, value: str, reason: str
) -> None:
    found = misfit(TYPES[type_name].field_named(field_name), value)
    assert found.startswith(reason) if reason else found == ""
