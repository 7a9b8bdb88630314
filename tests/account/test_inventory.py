from __future__ import annotations

import pytest

from provisioner.account.inventory import gone_numbers, numbers_on
from provisioner.errors import Rejected, Unreachable
from tests.account.conftest import ACCOUNT, DROP, Account, Answers, Asked, Say, in_turn, staged

pytestmark = pytest.mark.anyio

PEER = f"/accounts/{ACCOUNT}/sites/1/sippeers/2"
NUMBER = "+19105551234"


def page(*numbers: str) -> Say:
    rows = "".join(
        f"<SipPeerTelephoneNumber><FullNumber>{each}</FullNumber></SipPeerTelephoneNumber>"
        for each in numbers
    )
    return Say(body=f"<R><SipPeerTelephoneNumbers>{rows}</SipPeerTelephoneNumbers></R>")


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


@pytest.mark.parametrize("nothing", [Say(), page()], ids=["blank", "list"])
async def test_a_location_without_numbers(nothing: Say) -> None:
    async with staged(in_turn(nothing)) as stage, stage.client() as client:
        assert await numbers_on(client, PEER) == ()


async def gone(answers: Answers, **variables: str) -> frozenset[str]:
    async with staged(answers) as stage, stage.client(variables) as client:
        return await gone_numbers(client, [NUMBER])


def told(status: str, account: str = ACCOUNT) -> Say:
    inner = f"<Status>{status}</Status><AccountId>{account}</AccountId>"
    return Say(body=f"<TelephoneNumberResponse>{inner}</TelephoneNumberResponse>")


@pytest.mark.parametrize(
    "answer",
    [Say(404), told("Aging"), told("Available"), told("DISCONNECTED"), told("Inservice", "9911")],
    ids=["404", "aging", "available", "disconnected", "other-account"],
)
async def test_a_number_is_gone_when_the_account_says_so(answer: Say) -> None:
    assert await gone(in_turn(answer)) == {NUMBER}


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
        Say(400),
        Say(),
    ],
    ids=["live", "assigned", "unsaid", "blank", "new", "403", "401", "400", "no-body"],
)
async def test_in_doubt_a_number_is_there_and_is_not_bought_again(answer: Say) -> None:
    assert await gone(in_turn(answer)) == frozenset()


async def test_a_number_that_cannot_be_looked_up_stops_the_plan() -> None:
    with pytest.raises(Unreachable):
        await gone(in_turn(DROP))
    with pytest.raises(Rejected):
        async with staged(in_turn(Say(400))) as stage, stage.client() as client:
            await numbers_on(client, PEER)


async def test_a_number_is_asked_for_as_the_version_writes_it() -> None:
    asked: list[str] = []

    def answer(request: Asked) -> Say:
        asked.append(request.target)
        return told("Inservice")

    await gone(answer)
    await gone(answer, BW_API_VERSION="v2")
    assert asked == ["/api/tns/9105551234", "/api/v2/tns/+19105551234"]


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
        numbers = [f"+1{kept}", f"+1{released}", "+19109999999"]
        assert await gone_numbers(client, numbers) == {f"+1{released}", "+19109999999"}
        assert await gone_numbers(client, []) == frozenset()
