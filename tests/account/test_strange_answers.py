"""A strange answer is not taken for "none": nothing is made or bought because of it.

Every list and item that a plan reads is answered once with something that it is not.
"""

from __future__ import annotations

import re

import pytest

from provisioner.errors import Unreadable
from provisioner.execution.events import Status
from provisioner.planning import Action
from tests.account.conftest import ADDRESS, Account

pytestmark = pytest.mark.anyio

SPEC = f"""
applications:
  Server: {{callback_url: 'https://example.com/in'}}
sites:
  Raleigh:
    address: {ADDRESS}
    sippeers:
      East:
        description: ''
        sms: true
        mms: true
        application: Server
        numbers: [{{area_code: '910', quantity: 2}}]
"""
PEER = r"/sites/[0-9]+/sippeers/[0-9]+"
# A list without details, and one without the numbers: only so is everything asked for.
BRIEF_SITES = b"<SitesResponse><Site><Id>13651</Id><Name>Raleigh</Name></Site></SitesResponse>"
BRIEF_PEERS = (
    b"<TNSipPeersResponse><SipPeer><PeerId>540341</PeerId><PeerName>East</PeerName></SipPeer>"
    b"</TNSipPeersResponse>"
)
NO_NUMBERS = b"<SipPeerTelephoneNumbersResponse/>"
HIDDEN = {
    "/sites[?]": BRIEF_SITES,
    "/sites/[0-9]+/sippeers$": BRIEF_PEERS,
    f"{PEER}/tns[?]": NO_NUMBERS,
}
# Each list and item, and the empty root of one that might be mistaken for it.
READS = {
    "/applications$": b"<SitesResponse/>",
    "/sites[?]": b"<ApplicationProvisioningResponse/>",
    "/sites/[0-9]+$": b"<SitesResponse/>",
    "/sites/[0-9]+/sippeers$": b"<SitesResponse/>",
    f"{PEER}$": b"<TNSipPeersResponse/>",
    "/features/sms$": b"<MmsFeatureResponse/>",
    "/features/mms$": b"<SipPeerSmsFeatureResponse/>",
    "/applicationSettings$": b"<SipPeerSmsFeatureResponse/>",
    f"{PEER}/tns[?]": b"<TNs/>",
    "/orders[?]": b"<OrderResponse/>",
    "/orders/": b"<ResponseSelectWrapper/>",
    "/tns/[0-9]+$": b"<TNs/>",
    "/tns/[0-9]+/sippeers$": b"<TNSipPeersResponse/>",
}
# What an unassigned location answers is not documented; and where a number is, in doubt, is here.
IN_DOUBT = {"/applicationSettings$", "/tns/[0-9]+$", "/tns/[0-9]+/sippeers$"}


@pytest.fixture
async def converged(account: Account) -> Account:
    assert (await account.apply(SPEC)).done
    account.time.advance(3600)
    account.log.clear()
    return account


def hide(account: Account) -> None:
    for path, body in HIDDEN.items():
        answer(account, path, body)


def answer(account: Account, path: str, body: bytes) -> None:
    account.fail("status-before", "GET", path, nth=None, status=200, body=body)


async def test_every_list_and_item_is_among_those_that_are_answered_strangely(
    converged: Account,
) -> None:
    hide(converged)
    assert not (await converged.plan(SPEC)).plan.has_changes
    for path in READS:
        found = [each for each in converged.log if re.search(path, each.target)]
        assert found, path
    assert all(any(re.search(path, each.target) for path in READS) for each in converged.log)


@pytest.mark.parametrize("kind", ["empty", "unrelated", "wrong root"])
@pytest.mark.parametrize("path", list(READS))
async def test_a_strange_answer_never_leads_to_a_create_or_a_purchase(
    converged: Account, path: str, kind: str
) -> None:
    bodies = {"empty": b"", "unrelated": b"<html><body/></html>", "wrong root": READS[path]}
    answer(converged, path, bodies[kind])  # the first rule decides
    hide(converged)
    if path in IN_DOUBT:
        planned = await converged.plan(SPEC)
        assert planned.plan.summary.numbers_to_order == 0
        changed = {
            each.address.type for each in planned.plan.changes if each.action is not Action.NO_OP
        }
        assert changed <= {"messaging_application"}, "its assignment is set, as declared"
        await converged.carry_out(planned)
    else:
        with pytest.raises(Unreadable):
            await converged.plan(SPEC)
    assert not converged.sent("POST")
    converged.faults.clear()
    assert not (await converged.plan(SPEC)).plan.has_changes


@pytest.mark.parametrize("body", [b"", b"<html><body/></html>"], ids=["empty", "unrelated"])
async def test_a_strange_answer_to_the_look_before_a_purchase_buys_nothing(
    account: Account, body: bytes
) -> None:
    account.sippeer(account.site())
    planned = await account.plan(
        "sites: {Raleigh: {sippeers: {East: {numbers: [{area_code: '910', quantity: 2}]}}}}"
    )
    answer(account, "/orders[?]", body)
    (ended,) = (await account.carry_out(planned)).finished.values()
    assert ended.status is Status.FAILED
    assert "The answer is not <ResponseSelectWrapper>" in ended.error
    assert not account.sent("POST", "/orders")
