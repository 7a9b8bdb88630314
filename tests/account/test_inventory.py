from __future__ import annotations

import pytest

from provisioner.account.inventory import (
    Whereabouts,
    find_number,
    number_facts,
    numbers_on,
    place_of,
    present_numbers,
)
from provisioner.errors import Rejected, Unreachable, Unreadable
from provisioner.resources import resource_types
from tests.account.conftest import (
    ACCOUNT,
    DROP,
    Account,
    Answers,
    Asked,
    Say,
    by_path,
    in_turn,
    staged,
)

pytestmark = pytest.mark.anyio

PEER = f"/accounts/{ACCOUNT}/sites/1/sippeers/2"
NUMBER = "+19105551234"
ABSENT = "9109999999"


def page(*numbers: str) -> Say:
    rows = "".join(
        f"<SipPeerTelephoneNumber><FullNumber>{each}</FullNumber></SipPeerTelephoneNumber>"
        for each in numbers
    )
    return Say(
        body="<SipPeerTelephoneNumbersResponse><SipPeerTelephoneNumbers>"
        f"{rows}</SipPeerTelephoneNumbers></SipPeerTelephoneNumbersResponse>"
    )


async def test_numbers_of_a_location_are_read_page_by_page(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.account.inventory.PAGE_SIZE", 3)
    peer = account.sippeer(account.site())
    account.order(peer, "seven", quantity=7)
    account.time.advance(60)
    bought = account.texts(f"{peer}/tns", "FullNumber")
    account.log.clear()
    async with account.client() as client:
        assert await numbers_on(client, client.account_path + peer) == tuple(
            sorted(f"+1{each}" for each in bought)
        )
    assert len(account.requests) == 3


async def test_a_server_without_pages_is_not_asked_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioner.account.inventory.PAGE_SIZE", 2)
    everything = page("9105550001", "9105550002", "9105550003")
    async with staged(in_turn(everything)) as stage, stage.client() as client:
        assert len(await numbers_on(client, PEER)) == 3
    assert len(stage.asked) == 2


@pytest.mark.parametrize("nothing", [Say(204), page()], ids=["204", "list"])
async def test_a_location_without_numbers(nothing: Say) -> None:
    async with staged(in_turn(nothing)) as stage, stage.client() as client:
        assert await numbers_on(client, PEER) == ()


async def test_the_page_after_a_full_one_may_have_no_content(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("provisioner.account.inventory.PAGE_SIZE", 2)
    pages = in_turn(page("9105550001", "9105550002"), Say(204))
    async with staged(pages) as stage, stage.client() as client:
        assert await numbers_on(client, PEER) == ("+19105550001", "+19105550002")


@pytest.mark.parametrize("full", [0, 1], ids=["first-page", "second-page"])
@pytest.mark.parametrize(
    "answer",
    [Say(), Say(body="<html/>"), Say(body="<SipPeerTelephoneNumberResponse/>")],
    ids=["empty", "unrelated", "one-number"],
)
async def test_what_is_no_list_of_numbers_is_not_taken_for_no_numbers(
    answer: Say, full: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.account.inventory.PAGE_SIZE", 1)
    pages = [page("9105550001")] * full
    async with staged(in_turn(*pages, answer)) as stage, stage.client() as client:
        with pytest.raises(Unreadable, match="not <SipPeerTelephoneNumbersResponse>"):
            await numbers_on(client, PEER)


async def find(answers: Answers, **variables: str) -> Whereabouts:
    async with staged(answers) as stage, stage.client(variables) as client:
        return await find_number(client, NUMBER)


def told(status: str, account: str = ACCOUNT) -> Say:
    inner = f"<Status>{status}</Status><AccountId>{account}</AccountId>"
    return Say(body=f"<TelephoneNumberResponse>{inner}</TelephoneNumberResponse>")


@pytest.mark.parametrize(
    "answer",
    [
        Say(404, "<ErrorResponse/>"),
        told("Aging"),
        told("Available"),
        told("DISCONNECTED"),
        told("Inservice", "9911"),
    ],
    ids=["404-error", "aging", "available", "disconnected", "other-account"],
)
async def test_a_number_is_gone_when_the_account_says_so(answer: Say) -> None:
    assert await find(in_turn(answer)) == Whereabouts(gone=True)


@pytest.mark.parametrize(
    "answer",
    [
        told("Inservice"),
        told("InAccount"),
        told("Inservice", ""),
        told("", ""),
        told("SomethingNew"),
        Say(403),
        Say(401),
        Say(404),
        Say(404, "<html/>"),
        Say(404, "Not Found"),
        Say(400),
        Say(),
        Say(body="<html/>"),
    ],
    ids=[
        "live",
        "assigned",
        "unsaid",
        "blank",
        "new",
        "403",
        "401",
        "404-empty",
        "404-page",
        "404-text",
        "400",
        "no-body",
        "unrelated",
    ],
)
async def test_in_doubt_a_number_is_there_and_is_not_bought_again(answer: Say) -> None:
    assert await find(in_turn(answer)) == Whereabouts(gone=False)


async def test_a_404_without_a_word_is_believed_where_the_look_up_says_the_same() -> None:
    unknown = (
        "<TelephoneNumbersResponse><ErrorList><Error><Code>15610</Code><TelephoneNumbers>"
        f"<TelephoneNumber>{NUMBER[2:]}</TelephoneNumber></TelephoneNumbers></Error></ErrorList>"
        "</TelephoneNumbersResponse>"
    )
    assert await find(in_turn(Say(404), Say(body=unknown))) == Whereabouts(gone=True)


async def test_a_number_that_cannot_be_looked_up_stops_the_plan() -> None:
    with pytest.raises(Unreachable):
        await find(in_turn(DROP))
    with pytest.raises(Rejected):
        async with staged(in_turn(Say(400))) as stage, stage.client() as client:
            await numbers_on(client, PEER)


async def test_a_number_is_asked_for_as_the_version_writes_it() -> None:
    asked: list[str] = []

    def answer(request: Asked) -> Say:
        asked.append(request.target)
        return told("Inservice")

    await find(answer)
    await find(answer, BW_API_VERSION="v2")
    v1, v2 = "/api/tns/9105551234", "/api/v2/tns/+19105551234"
    assert asked == [v1, f"{v1}/sippeers", v2, f"{v2}/sippeers"]


@pytest.mark.parametrize(
    ("answer", "sippeer_id"),
    [
        (Say(body="<SipPeer><Id>4064</Id><Name>Sales</Name></SipPeer>"), "4064"),
        (Say(body="<R><SipPeer><PeerId>4064</PeerId></SipPeer></R>"), "4064"),
        (Say(body="<SipPeer/>"), ""),
        (Say(body="<html/>"), ""),
        (Say(), ""),
        (Say(404), ""),
        (Say(403), ""),
    ],
    ids=["id", "peer-id", "neither", "unrelated", "empty", "404", "403"],
)
async def test_a_number_that_is_there_is_somewhere_or_nobody_says_where(
    answer: Say, sippeer_id: str
) -> None:
    number = f"/api/tns/{NUMBER.removeprefix('+1')}"
    answers = by_path({f"GET {number}": told("Inservice"), f"GET {number}/sippeers": answer})
    assert await find(answers) == Whereabouts(gone=False, sippeer_id=sippeer_id)


async def test_a_number_whose_whereabouts_cannot_be_read_stops_the_plan() -> None:
    with pytest.raises(Unreadable):
        await find(in_turn(told("Inservice"), Say(body="<<<")))


async def test_a_released_number_of_the_sandbox_is_gone(account: Account) -> None:
    peer = account.sippeer(account.site())
    account.order(peer, "two", quantity=2)
    account.time.advance(60)
    kept, released = account.texts(f"{peer}/tns", "FullNumber")
    listed = (
        f"<TelephoneNumberList><TelephoneNumber>{released}</TelephoneNumber></TelephoneNumberList>"
    )
    account.call(
        "POST",
        "/disconnects",
        "<DisconnectTelephoneNumberOrder><DisconnectTelephoneNumberOrderType>"
        f"{listed}</DisconnectTelephoneNumberOrderType></DisconnectTelephoneNumberOrder>",
    )
    account.time.advance(60)
    async with account.client() as client:
        places = [await find_number(client, f"+1{each}") for each in (kept, released, ABSENT)]
    gone = Whereabouts(gone=True)
    there = Whereabouts(gone=False, sippeer_id=peer.rpartition("/")[2])
    assert places == [there, gone, gone]


# Many at once

MINE, ANOTHERS, AGING, UNKNOWN, UNSAID = (f"+1910555000{n}" for n in range(5))
ROW = "<TelephoneNumber><FullNumber>%s</FullNumber>%s</TelephoneNumber>"
LOOKED_UP = (
    "<TelephoneNumbersResponse><TelephoneNumberCount>3</TelephoneNumberCount><TelephoneNumbers>"
    + ROW % (MINE[2:], f"<City>Cary</City><AccountId>{ACCOUNT}</AccountId>")
    + ROW % (ANOTHERS[2:], "<Status>Inservice</Status><AccountId>1</AccountId>")
    + ROW % (AGING[2:], "<Status>Aging</Status>")
    + "</TelephoneNumbers><ErrorList><Error><Code>15608</Code><Description>bad</Description>"
    f"<TelephoneNumbers><TelephoneNumber>{MINE[2:]}</TelephoneNumber></TelephoneNumbers></Error>"
    "<Error><Code>15610</Code><Description>not on your accounts</Description>"
    f"<TelephoneNumbers><TelephoneNumber>{UNKNOWN[2:]}</TelephoneNumber></TelephoneNumbers>"
    "</Error></ErrorList></TelephoneNumbersResponse>"
)


async def test_a_number_is_absent_only_where_the_account_says_so() -> None:
    every = (MINE, ANOTHERS, AGING, UNKNOWN, UNSAID)
    async with staged(by_path({"POST /api/tns": LOOKED_UP})) as stage, stage.client() as client:
        assert await present_numbers(client, every) == (MINE, UNSAID)
    (asked,) = stage.asked
    assert asked.body.count(b"<Tn>") == 5
    assert b"<Tn>9105550000</Tn>" in asked.body


async def test_where_numbers_cannot_be_looked_up_they_may_all_be_there() -> None:
    async with staged(in_turn(Say(403))) as stage, stage.client() as client:
        assert await present_numbers(client, (MINE, UNKNOWN)) == (MINE, UNKNOWN)
        assert await number_facts(client, (MINE,), resource_types()["numbers"]) == {}
        assert await place_of(client, MINE) == ""


async def test_what_is_no_answer_about_numbers_is_not_taken_for_one() -> None:
    async with staged(in_turn(Say(body="<html/>"))) as stage, stage.client() as client:
        with pytest.raises(Unreadable):
            await present_numbers(client, (MINE,))


async def test_numbers_are_asked_about_in_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioner.account.inventory.MOST_LOOKED_UP", 2)
    async with staged(by_path({"POST /api/tns": LOOKED_UP})) as stage, stage.client() as client:
        facts = await number_facts(client, (MINE, ANOTHERS, AGING), resource_types()["numbers"])
    assert len(stage.asked) == 2
    assert facts[MINE] == {"city": "CARY"}


async def test_no_numbers_are_not_asked_about() -> None:
    async with staged(in_turn(Say(500))) as stage, stage.client() as client:
        assert await present_numbers(client, ()) == ()
    assert stage.asked == []
