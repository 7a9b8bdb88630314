"""v1 and v2 are two ways to one account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account

NATIONAL = "9103210910"
LISTED = f"<TelephoneNumberList><TelephoneNumber>{NATIONAL}</TelephoneNumber></TelephoneNumberList>"


def test_what_one_version_makes_the_other_shows(account: Account) -> None:
    other = account.speaking("v2")
    site = other.site("Shared")
    sippeer = other.sippeer(site)
    assert account.get(site).text("Name") == "Shared"
    numbers = other.numbers(sippeer, 2)
    assert all(number.startswith("+1") for number in numbers)
    written = [number.removeprefix("+1") for number in numbers]
    assert account.get(f"{sippeer}/tns").all("FullNumber") == written
    application = account.application()
    assert other.get(f"/applications/{application}").text("ApplicationId") == application
    account.sms(sippeer)
    assert other.assign(sippeer, application).status == 200
    assert other.get(f"/applications/{application}/associatedsippeers").all("PeerId") == [
        sippeer.rsplit("/", 1)[1]
    ]


def test_links_stay_in_their_version(account: Account, sippeer: str) -> None:
    other = account.speaking("v2")
    made = other.order(sippeer)
    assert "/api/v2/accounts/9900778/orders/" in made.headers["location"]
    assert "/api/v2/accounts/9900778/orders?" in other.get("/orders?page=1&size=1").text(
        "Links/first"
    )


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (
            "POST",
            "/orders",
            (
                "<Order><ExistingTelephoneNumberOrderType>{listed}</ExistingTelephoneNumberOrderType>"
                "{where}</Order>"
            ),
        ),
        (
            "POST",
            "/disconnects",
            (
                "<DisconnectTelephoneNumberOrder><DisconnectTelephoneNumberOrderType>{listed}"
                "</DisconnectTelephoneNumberOrderType></DisconnectTelephoneNumberOrder>"
            ),
        ),
        (
            "POST",
            "/tnreservation",
            f"<Reservation><ReservedTn>{NATIONAL}</ReservedTn></Reservation>",
        ),
        (
            "POST",
            "/tnoptions",
            (
                "<TnOptionOrder><TnOptionGroups><TnOptionGroup><TelephoneNumbers><TelephoneNumber>"
                f"{NATIONAL}</TelephoneNumber></TelephoneNumbers></TnOptionGroup></TnOptionGroups>"
                "</TnOptionOrder>"
            ),
        ),
        (
            "POST",
            "/moveTns",
            (
                "<MoveTnsOrder>{place}<TelephoneNumbers><TelephoneNumber>"
                f"{NATIONAL}</TelephoneNumber></TelephoneNumbers></MoveTnsOrder>"
            ),
        ),
        ("GET", "{sippeer}/tns/" + NATIONAL, ""),
        ("GET", f"/inserviceNumbers/{NATIONAL}", ""),
        ("GET", f"/api/v2/tns/{NATIONAL}", ""),
        ("GET", f"/api/v2/tns?fullNumber={NATIONAL}", ""),
        ("GET", f"/api/v2/tns?page={NATIONAL}", ""),
    ],
)
def test_v2_refuses_a_number_that_is_not_e164(
    account: Account, sippeer: str, method: str, path: str, body: str
) -> None:
    _, _, site, _, peer = sippeer.split("/")
    filled = body.format(
        listed=LISTED,
        where=f"<SiteId>{site}</SiteId><PeerId>{peer}</PeerId>",
        place=f"<SiteId>{site}</SiteId><SipPeerId>{peer}</SipPeerId>",
    )
    caller = account.speaking("v2")
    assert caller.call(method, path.format(sippeer=sippeer), filled).code == (400, "1022")


def test_v2_shows_a_new_sippeer(account: Account, site: str) -> None:
    body = "<SipPeer><PeerName>East</PeerName><IsDefaultPeer>true</IsDefaultPeer></SipPeer>"
    made = account.speaking("v2").post(f"{site}/sippeers", body)
    assert made.status == 201
    assert made.body == account.get(f"{site}/sippeers/{made.id}").body
    assert made.text("PeerId") == made.id


def test_v2_does_not_have_what_only_v1_has(account: Account, sippeer: str) -> None:
    other = account.speaking("v2")
    site = sippeer.partition("/sippeers")[0]
    assert other.post(f"{sippeer}/movetns", "<SipPeerTelephoneNumbers/>").status == 404
    assert other.get(f"{site}/orders?page=1&size=1").status == 404
    assert other.get(site).status == 200
