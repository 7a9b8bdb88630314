import pytest

from provisioner.account.paths import e164, fill, id_from_location, path_ids, wire_number
from provisioner.model import Address
from provisioner.resources import resource_types


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://dashboard.bandwidth.com:443/v1.0/accounts/1/sites/13651", "13651"),
        ("https://dashboard.bandwidth.com/api/accounts/1/sites/2/sippeers/540341", "540341"),
        ("/accounts/1/orders/a18a8979-ebed?x=1", "a18a8979-ebed"),
        ("https://h/applications/17/", "17"),
        ("17", "17"),
        ("", None),
        ("https://h", None),
        ("https://h/", None),
    ],
)
def test_the_last_segment_of_a_location_is_the_id(location: str, expected: str | None) -> None:
    assert id_from_location(location) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("9195551234", "+19195551234"),
        (" 9195551234\n", "+19195551234"),
        ("+19195551234", "+19195551234"),
        ("+4930123456", "+4930123456"),
        ("919555123", "919555123"),
        ("", ""),
    ],
)
def test_numbers_are_e164_inside_however_the_service_writes_them(
    written: str, expected: str
) -> None:
    assert e164(written) == expected


def test_numbers_are_written_as_each_version_wants_them() -> None:
    assert wire_number("+19195551234", "v1") == "9195551234"
    assert wire_number("+19195551234", "v2") == "+19195551234"


def test_an_id_cannot_lead_out_of_its_path() -> None:
    assert fill("/sites/{site}/x", {"site": "../../a b"}) == "/sites/..%2F..%2Fa%20b/x"


def test_ids_of_a_resource_and_of_all_it_is_part_of() -> None:
    sms = Address("sms", ("R", "East"))
    ids = {
        Address("site", ("R",)): "1",
        Address("sippeer", ("R", "East")): "2",
        Address("sippeer", ("R", "West")): "3",
    }
    assert path_ids(sms, ids, resource_types()) == {"site": "1", "sippeer": "2"}
    assert path_ids(sms, {}, resource_types()) == {}
