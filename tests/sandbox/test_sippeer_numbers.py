"""The numbers on a location, and what can be set for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open


def test_a_location_lists_its_numbers_in_pages(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    numbers = sorted(account.numbers(sippeer, 5))
    pages = [account.get(f"{sippeer}/tns?page={n}&size=2").all("FullNumber") for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [number for page in pages for number in page] == numbers
    assert account.get(f"{sippeer}/tns").all("MessagingSettings/SmsEnabled") == ["true"] * 5
    bare = account.get(f"{sippeer}/tns?includeAttributes=false")
    assert (bare.all("FullNumber"), bare.all("SmsEnabled")) == (numbers, [])
    assert account.get(f"{sippeer}/tns?page=0").code == (400, "1006")


def _put(*parts: str) -> str:
    return f"<SipPeerTelephoneNumber>{''.join(parts)}</SipPeerTelephoneNumber>"


def _sms(value: str) -> str:
    return f"<MessagingSettings><SmsEnabled>{value}</SmsEnabled></MessagingSettings>"


def test_one_number_is_shown_with_its_settings(versioned: Account, sippeer: str) -> None:
    (number,) = versioned.numbers(sippeer, 1)
    path = f"{sippeer}/tns/{number}"
    voice = (
        "<NumberFormat>11digit</NumberFormat><RPIDFormat>e164</RPIDFormat>"
        "<RewriteUser>me</RewriteUser><CallForward>7042661720</CallForward>"
        "<CallingNameDisplay>true</CallingNameDisplay>"
    )
    changed = versioned.put(path, _put(f"<FullNumber>{number}</FullNumber>", voice))
    assert (changed.status, changed.body) == (200, b"")
    shown = versioned.get(path)
    assert shown.text("FullNumber") == number
    assert shown.text("CallForward") == "7042661720"
    assert shown.text("NumberFormat") == "11digit"
    assert shown.text("CallingNameDisplay") == "true"
    assert versioned.get(f"{sippeer}/tns").text("RewriteUser") == "me"


def test_messaging_is_switched_off_and_on_for_one_number(account: Account, sippeer: str) -> None:
    (number,) = account.numbers(sippeer, 1)
    path = f"{sippeer}/tns/{number}"
    assert account.get(path).text("SmsEnabled") == "false"
    assert account.put(path, _put(_sms("true"))).code == (400, "13678")
    account.sms(sippeer)
    assert account.get(path).text("SmsEnabled") == "true"
    again = account.put(path, _put(_sms("true")))
    assert again.text("Warnings/Warning/TelephoneNumber") == number
    assert account.put(path, _put(_sms("false"))).body == b""
    assert account.get(path).text("SmsEnabled") == "false"
    assert account.put(path, _put(_sms("true"))).body == b""
    assert account.get(path).text("SmsEnabled") == "true"


def test_sms_can_be_removed_once_no_number_speaks_it(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    (number,) = account.numbers(sippeer, 1)
    sms = f"{sippeer}/products/messaging/features/sms"
    assert account.delete(sms).code == (400, "13673")
    account.put(f"{sippeer}/tns/{number}", _put(_sms("false")))
    assert account.delete(sms).status == 200


def test_a_number_that_is_elsewhere_is_13536(versioned: Account, sippeer: str) -> None:
    other = versioned.sippeer(versioned.site())
    (number,) = versioned.numbers(other, 1)
    for path in (f"{sippeer}/tns/{number}", f"{sippeer}/tns/{versioned.written('2125550100')}"):
        assert versioned.get(path).code == (400, "13536")
        assert versioned.put(path, _put()).code == (400, "13536")


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("13513", "<CallForward>1</CallForward>"),
        ("13514", "<NumberFormat>12digit</NumberFormat>"),
        ("13516", "<RPIDFormat>none</RPIDFormat>"),
        ("13575", "<CallingNameDisplay>on</CallingNameDisplay>"),
        ("1008", "<FullNumber>9103210910</FullNumber>"),
        ("1008", _sms("maybe")),
    ],
)
def test_a_setting_is_refused(account: Account, sippeer: str, code: str, part: str) -> None:
    (number,) = account.numbers(sippeer, 1, "704")
    assert account.put(f"{sippeer}/tns/{number}", _put(part)).code == (400, code)


def test_a_number_that_comes_back_has_its_settings_lost(account: Account, sippeer: str) -> None:
    (number,) = account.numbers(sippeer, 1)
    path = f"{sippeer}/tns/{number}"
    account.put(path, _put("<CallForward>7042661720</CallForward>"))
    account.settle(account.release(number))
    account.buy(sippeer, [number])
    assert account.get(path).all("CallForward") == []


def test_products_are_those_of_the_location(account: Account, sippeer: str) -> None:
    assert account.get(f"{sippeer}/products").names("Products") == []
    account.sms(sippeer)
    assert account.get(f"{sippeer}/products").text("Product/Name") == "Messaging"


def test_totals_agree_everywhere(open_account: Open) -> None:
    account = open_account()
    site = account.site()
    first, second = account.sippeer(site), account.sippeer(site, "West", default=False)
    account.numbers(first, 3)
    account.numbers(second, 2, "919")
    name = "SipPeerTelephoneNumbersCount"
    counts = [account.get(f"{each}/totaltns").text(f"{name}/{name}") for each in (first, second)]
    assert counts == ["3", "2"]
    assert account.get(f"{site}/totaltns").text("TotalCount") == "5"
    assert account.get("/inserviceNumbers/totals").text("Count") == "5"
    assert account.get("/inserviceNumbers").text("TotalCount") == "5"
    assert account.get(f"{site}/inserviceNumbers?areaCode=919").text("TotalCount") == "2"


def test_totals_agree_after_numbers_move_age_and_go(open_account: Open) -> None:
    account = open_account(aging=10.0)
    site = account.site()
    first, second = account.sippeer(site), account.sippeer(site, "West", default=False)
    numbers = account.numbers(first, 6)
    listed = "".join(f"<FullNumber>{number}</FullNumber>" for number in numbers[:2])
    moved = f"<SipPeerTelephoneNumbers>{listed}</SipPeerTelephoneNumbers>"
    assert account.post(f"{second}/movetns", moved).status == 200
    account.settle(account.release(*numbers[1:3]))
    for _ in range(2):
        name = "SipPeerTelephoneNumbersCount"
        counts = [
            account.get(f"{each}/totaltns").text(f"{name}/{name}") for each in (first, second)
        ]
        shown = [len(account.get(f"{each}/tns").all("FullNumber")) for each in (first, second)]
        assert [int(count) for count in counts] == shown == [3, 1]
        assert account.get(f"{site}/totaltns").text("TotalCount") == "4"
        assert account.get("/sites?tnCounts=true").text("TotalTnCount") == "4"
        assert account.get("/inserviceNumbers/totals").text("Count") == "4"
        assert account.get("/inserviceNumbers").text("TotalCount") == "4"
        assert account.get("/api/tns?status=Inservice").text("TelephoneNumberCount") == "4"
        account.clock.advance(10)


def test_totals_lag_as_lists_do(open_account: Open) -> None:
    account = open_account(list_lag=5.0)
    site = account.site()
    account.numbers(account.sippeer(site), 2)
    assert account.get(f"{site}/totaltns").text("TotalCount") == "0"
    assert account.get("/api/tns").text("TelephoneNumberCount") == "0"
    account.clock.advance(5)
    assert account.get(f"{site}/totaltns").text("TotalCount") == "2"
    assert account.get("/api/tns").text("TelephoneNumberCount") == "2"
