"""The clients for messages, media and the toll-free verification look-up.

npm and PyPI have one each, and they say the same in two languages: there is one table for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import pytest

from provisioner.sandbox.numbers.verifications import set_verification
from tests.conformance.conftest import SCHEMES, Account, Outcomes, Play, Steps, refused

_STREET = (
    "<HouseNumber>1600</HouseNumber><StreetName>PENNSYLVANIA</StreetName>"
    "<City>WASHINGTON</City><StateCode>DC</StateCode><Zip>20006</Zip>"
)
_SMS = (
    "<SipPeerSmsFeature><SipPeerSmsFeatureSettings>"
    "<TollFree>true</TollFree><ShortCode>true</ShortCode><Protocol>HTTP</Protocol>"
    "<Zone1>true</Zone1><Zone2>false</Zone2><Zone3>false</Zone3><Zone4>false</Zone4>"
    "<Zone5>false</Zone5></SipPeerSmsFeatureSettings><HttpSettings/></SipPeerSmsFeature>"
)
_MMS = (
    "<MmsFeature><MmsSettings><Protocol>HTTP</Protocol></MmsSettings>"
    "<Protocols><HTTP><HttpSettings/></HTTP></Protocols></MmsFeature>"
)
_LOCAL = (
    "<AreaCodeSearchAndOrderType><AreaCode>910</AreaCode><Quantity>1</Quantity>"
    "</AreaCodeSearchAndOrderType>"
)
_TOLL_FREE = (
    "<TollFreeWildCharSearchAndOrderType><TollFreeWildCardPattern>888</TollFreeWildCardPattern>"
    "<Quantity>1</Quantity></TollFreeWildCharSearchAndOrderType>"
)

_LISTED = ("messageId", "sourceTn", "destinationTn", "messageType", "messageDirection")


def furnish(account: Account) -> Mapping[str, str]:
    """A location that sends messages, with a local number and one that is toll-free, verified."""
    application = account.create(
        "/applications",
        "<Application><ServiceType>Messaging-V2</ServiceType><AppName>Server</AppName>"
        "<CallbackUrl>https://example.com/in</CallbackUrl></Application>",
    )
    site = account.create(
        "/sites", f"<Site><Name>Raleigh</Name><Address>{_STREET}</Address></Site>"
    )
    sippeer = account.create(
        f"/sites/{site}/sippeers",
        "<SipPeer><PeerName>East</PeerName><IsDefaultPeer>true</IsDefaultPeer></SipPeer>",
    )
    messaging = f"/sites/{site}/sippeers/{sippeer}/products/messaging"
    account.call("POST", f"{messaging}/features/sms", _SMS)
    account.call("POST", f"{messaging}/features/mms", _MMS)
    account.call(
        "PUT",
        f"{messaging}/applicationSettings",
        f"<ApplicationsSettings><HttpMessagingV2AppId>{application}</HttpMessagingV2AppId>"
        "</ApplicationsSettings>",
    )
    where = f"<SiteId>{site}</SiteId><PeerId>{sippeer}</PeerId>"
    local = account.create("/orders", f"<Order>{_LOCAL}{where}</Order>")
    toll_free = account.create("/orders", f"<Order>{_TOLL_FREE}{where}</Order>")
    account.clock.advance()
    (number,) = account.texts(f"/orders/{local}", "FullNumber")
    (verified,) = account.texts(f"/orders/{toll_free}", "FullNumber")
    with account.memory.transaction():
        set_verification(account.settings.account, verified, "VERIFIED", account.memory)
    return {
        "SANDBOX_APPLICATION": application,
        "SANDBOX_NUMBER": f"+1{number}",
        "SANDBOX_TOLL_FREE": f"+1{verified}",
    }


def _local(account: Account) -> str:
    (number,) = account.texts("/inserviceNumbers?page=1&size=10&areacode=910", "TelephoneNumber")
    return f"+1{number}"


def _toll_free(account: Account) -> str:
    (number,) = account.texts("/inserviceNumbers?page=1&size=10&areacode=888", "TelephoneNumber")
    return f"+1{number}"


def _messages(account: Account, query: str) -> list[list[str]]:
    found = account.json(f"/api/v2/users/{account.settings.account}/messages?{query}")
    listed = [[str(each[name]) for name in _LISTED] for each in found["messages"]]
    return [[str(found["totalCount"])], *listed]


def _sent_by(account: Account) -> str:
    return f"sourceTn={quote(_local(account))}"


def _newest(account: Account, recipients: str, *more: str) -> list[str]:
    """The answer to the message that was sent last."""
    identity, sender, *_ = _messages(account, _sent_by(account))[1]
    (application,) = account.texts("/applications", "ApplicationId")
    return ["202", identity, application, sender, recipients, "out", "1", *more]


def _first(account: Account) -> list[list[str]]:
    *_, first = _messages(account, _sent_by(account))
    return [["1"], first]


def _media(account: Account) -> str:
    return f"/api/v2/users/{account.settings.account}/media"


def _files(account: Account) -> list[list[str]]:
    names = ("mediaName", "contentLength", "content")
    return [[str(each[name]) for name in names] for each in account.json(_media(account))]


def _file(account: Account) -> list[str]:
    answer = account.call("GET", f"{_media(account)}/cat.gif")
    return [answer.headers["content-type"], answer.text]


def _verification(account: Account) -> list[str]:
    number = quote(_toll_free(account))
    below = f"/api/v2/accounts/{account.settings.account}/phoneNumbers/{number}"
    found = account.json(f"{below}/tollFreeVerification")
    return [found["phoneNumber"], found["status"]]


STEPS: Steps = {
    "sign in wrongly": refused(401, "unauthorized"),
    "send a message": lambda it: _newest(it, "+19195550123", "Hello", "first"),
    "send to a group": lambda it: _newest(it, "+19195550123,+19195550124", "Hello", "group"),
    "send a picture": lambda it: _newest(
        it, "+19195550123", "", "first", f"{it.url}{_media(it)}/cat.gif"
    ),
    "send without a receiver": refused(400, "request-validation"),
    "list the messages of a sender": lambda it: _messages(it, _sent_by(it)),
    "find the first message": _first,
    "list without a filter": refused(400, "request-validation"),
    "upload a file": _files,
    "download the file": _file,
    "delete the file": _files,
    "download the deleted file": refused(404, "not-found"),
    "look up a toll-free verification": _verification,
    "look up the verification of a local number": refused(404),
}


@pytest.fixture(scope="module", params=SCHEMES)
def npm(request: pytest.FixtureRequest, play: Play) -> Outcomes:
    return play("npm_sdk.mjs", STEPS, request.param, furnish)


@pytest.fixture(scope="module", params=SCHEMES)
def pypi(request: pytest.FixtureRequest, play: Play) -> Outcomes:
    return play("pypi_sdk.py", STEPS, request.param, furnish)


@pytest.mark.parametrize("step", STEPS)
def test_the_client_from_npm_shows_what_the_account_has(npm: Outcomes, step: str) -> None:
    assert npm[step].shown == npm[step].expected


@pytest.mark.parametrize("step", STEPS)
def test_the_client_from_pypi_shows_what_the_account_has(pypi: Outcomes, step: str) -> None:
    assert pypi[step].shown == pypi[step].expected
