"""The clients for the numbers API, through all that they can express of it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conformance.conftest import SCHEMES, Account, Outcomes, Play, Steps, refused

_APPLICATION = ("Application", "ApplicationId", "AppName", "MsgCallbackUrl")
_SIPPEER = ("SipPeer", "PeerId", "PeerName", "IsDefaultPeer")
_ORDERS = "/orders?page=1&size=10&customerOrderId=two-numbers"
_ORDER_ROW = ("OrderIdUserIdDate", "orderId", "OrderStatus", "CountOfTNs")
_RELEASE_ROW = ("OrderIdUserIdDate", "OrderId", "OrderStatus")
_IN_SERVICE = "/inserviceNumbers?page=1&size=10"


def _site(account: Account) -> str:
    (site,) = account.texts("/sites", "Id")
    return f"/sites/{site}"


def _sippeer(account: Account, name: str = "East") -> str:
    peers = f"{_site(account)}/sippeers"
    ids = {
        found: identity for identity, found in account.rows(peers, "SipPeer", "PeerId", "PeerName")
    }
    return f"{peers}/{ids[name]}"


def _assigned(account: Account) -> list[list[str]]:
    (application,) = account.texts("/applications", "ApplicationId")
    path = f"/applications/{application}/associatedsippeers"
    return account.rows(path, "AssociatedSipPeer", "SiteId", "PeerId", "PeerName")


def _sms(account: Account) -> list[str]:
    path = f"{_sippeer(account)}/products/messaging/features/sms"
    names = ("TollFree", "ShortCode", "Protocol", "Zone1", "Zone2")
    settings = account.row(path, "SipPeerSmsFeatureSettings", *names)
    return settings + account.texts(path, "ProxyPeerId")


def _mms(account: Account) -> list[str]:
    path = f"{_sippeer(account)}/products/messaging/features/mms"
    return account.row(
        path, "MmsFeature", "MmsSettings/protocol", "Protocols/HTTP/HttpSettings/proxyPeerId"
    )


def _order(account: Account) -> str:
    (order,) = account.texts(_ORDERS, "orderId")
    return f"/orders/{order}"


def _bought(account: Account) -> str:
    """The first number of the order."""
    return account.texts(_order(account), "FullNumber")[0]


def _exchanges(account: Account) -> list[list[str]]:
    """How many numbers of the order there are in each exchange."""
    counted = Counter(number[:6] for number in account.texts(_order(account), "FullNumber"))
    return [[exchange, str(count)] for exchange, count in sorted(counted.items())]


def _of_bought(account: Account, path: str, element: str, *names: str) -> list[str]:
    return account.row(f"/api/tns/{_bought(account)}{path}", element, *names)


def _reservation(account: Account) -> list[str]:
    """There is no list of them: this is the one that the client has just read."""
    path = account.log[-1].target.partition(account.settings.account)[2]
    return account.row(path, "Reservation", "ReservationId", "AccountId", "ReservedTn")


def _subscriptions(account: Account) -> list[list[str]]:
    names = ("SubscriptionId", "OrderType", "CallbackSubscription/URL")
    return account.rows("/subscriptions", "Subscription", *names)


def _option_order(account: Account) -> str:
    (order,) = account.texts("/tnoptions?customerOrderId=options", "OrderId")
    return f"/tnoptions/{order}"


def _release(account: Account) -> str:
    (order,) = account.texts("/disconnects?page=1&size=10", "OrderId")
    return f"/disconnects/{order}"


STEPS: Steps = {
    "sign in wrongly": refused(401),
    # --- applications
    "create an application": lambda it: it.row("/applications", *_APPLICATION),
    "change the application": lambda it: it.row("/applications", *_APPLICATION),
    "list the applications": lambda it: it.rows("/applications", *_APPLICATION),
    # --- sites and sippeers
    "create a site": lambda it: it.row(
        _site(it), "Site", "Id", "Name", "Description", "Address/Country"
    ),
    "change the site": lambda it: it.row(_site(it), "Site", "Description")[0],
    "list the sites": lambda it: it.rows("/sites", "Site", "Id", "Name"),
    "create a sippeer": lambda it: it.row(_sippeer(it), *_SIPPEER),
    "change the sippeer": lambda it: it.row(_sippeer(it), "SipPeer", "Description")[0],
    "create another sippeer": lambda it: it.row(_sippeer(it, "West"), *_SIPPEER),
    "create a sippeer of the same name": refused(409, "13524"),
    "list the sippeers": lambda it: it.rows(f"{_site(it)}/sippeers", *_SIPPEER),
    # --- messaging
    "enable MMS before SMS": refused(400, "13623"),
    "enable SMS": _sms,
    "change SMS": _sms,
    "read SMS": _sms,
    "enable MMS": _mms,
    "change MMS": _mms,
    "assign the application": _assigned,
    "delete the application too early": refused(409, "12107"),
    # --- orders
    "search numbers": lambda it: it.texts(
        "/availableNumbers?areaCode=910&quantity=3", "TelephoneNumber"
    ),
    "reserve a number": _reservation,
    "drop the reservation": refused(404, "5043"),
    "order for a site that is not there": refused(400, "5016"),
    "order numbers": lambda it: [
        *it.row(_ORDERS, "OrderIdUserIdDate", "orderId", "CustomerOrderId"),
        "RECEIVED",
    ],
    "poll the order": lambda it: [
        *it.texts(_order(it), "OrderStatus"),
        *it.texts(_order(it), "FullNumber"),
    ],
    "list the orders": lambda it: it.rows(_ORDERS, *_ORDER_ROW),
    "list the numbers of the order": lambda it: it.texts(_order(it), "FullNumber"),
    "count the area codes of the order": lambda it: [["910", "2"]],
    "count the exchanges of the order": _exchanges,
    "count the numbers of the order": lambda it: [["2"]],
    "read the history of the order": lambda it: it.rows(
        f"{_order(it)}/history", "OrderHistory", "Status"
    ),
    "list the orders of the site": lambda it: it.rows(_ORDERS, "OrderIdUserIdDate", "orderId"),
    # --- inventory
    "list the numbers in service": lambda it: it.texts(_order(it), "FullNumber"),
    "count the numbers in service": lambda it: it.texts(_IN_SERVICE, "TotalCount"),
    "find a number that is not in service": refused(404),
    "list the numbers in service of the site": lambda it: it.texts(_order(it), "FullNumber"),
    "count the numbers of the site": lambda it: it.texts(_IN_SERVICE, "TotalCount"),
    "list the numbers of the sippeer": lambda it: it.texts(f"{_sippeer(it)}/tns", "FullNumber"),
    "find a number of the sippeer": lambda it: it.texts(f"{_sippeer(it)}/tns", "FullNumber")[:1],
    "list all numbers": lambda it: it.rows(
        "/api/tns?page=1&size=10", "TelephoneNumber", "FullNumber", "Status"
    ),
    "look a number up": lambda it: _of_bought(
        it, "", "TelephoneNumberResponse", "TelephoneNumber", "Status", "OrderId"
    ),
    "find the site of a number": lambda it: it.row("/sites", "Site", "Id", "Name"),
    "find the sippeer of a number": lambda it: it.row(
        _sippeer(it), "SipPeer", "PeerId", "PeerName"
    ),
    "read the details of a number": lambda it: _of_bought(
        it, "/tndetails", "TelephoneNumberDetails", "FullNumber", "Status", "SipPeer/PeerName"
    ),
    "move a number": lambda it: it.texts(f"{_sippeer(it, 'West')}/tns", "FullNumber"),
    # --- options and subscriptions
    "change an option of a number": lambda it: [
        *it.texts(_option_order(it), "OrderId"),
        "options",
        "RECEIVED",
    ],
    "poll the change": lambda it: it.row(
        _option_order(it),
        "TnOptionOrder",
        "ProcessingStatus",
        "TnOptionGroups/TnOptionGroup/TelephoneNumbers/TelephoneNumber",
    ),
    "list the changes": lambda it: it.rows(
        "/tnoptions?customerOrderId=options", "TnOptionOrderSummary", "OrderId", "OrderStatus"
    ),
    "subscribe to orders": _subscriptions,
    "change the subscription": _subscriptions,
    "end the subscription": _subscriptions,
    # --- and all of it back
    "release the numbers": lambda it: [_release(it).rsplit("/", 1)[1], "RECEIVED"],
    "poll the release": lambda it: [
        *it.texts(_release(it), "OrderStatus"),
        *it.texts(_order(it), "FullNumber"),
    ],
    "list the releases": lambda it: it.rows("/disconnects?page=1&size=10", *_RELEASE_ROW),
    "unassign the application": _assigned,
    "disable SMS before MMS": refused(400, "13624"),
    "disable MMS": refused(404, "1016"),
    "disable SMS": refused(404, "1016"),
    "delete the other sippeer": lambda it: it.rows(f"{_site(it)}/sippeers", *_SIPPEER),
    "delete the sippeer": lambda it: it.rows(f"{_site(it)}/sippeers", *_SIPPEER),
    "delete the site": lambda it: it.rows("/sites", "Site", "Id", "Name"),
    "delete the application": lambda it: it.rows("/applications", *_APPLICATION),
}

# The client has no words for these.
NOT_IN_PYPI = frozenset(
    {
        "create an application",
        "change the application",
        "list the applications",
        "enable MMS before SMS",
        "enable SMS",
        "change SMS",
        "read SMS",
        "enable MMS",
        "change MMS",
        "assign the application",
        "delete the application too early",
        "count the area codes of the order",
        "count the exchanges of the order",
        "count the numbers of the order",
        "read the history of the order",
        "find a number that is not in service",
        "list the numbers in service of the site",
        "unassign the application",
        "disable SMS before MMS",
        "disable MMS",
        "disable SMS",
        "delete the application",
    }
)
PYPI_STEPS: Steps = {step: shows for step, shows in STEPS.items() if step not in NOT_IN_PYPI}


@pytest.fixture(scope="module", params=SCHEMES)
def npm(request: pytest.FixtureRequest, play: Play) -> Outcomes:
    return play("npm_numbers.mjs", STEPS, request.param)


@pytest.fixture(scope="module", params=SCHEMES)
def pypi(request: pytest.FixtureRequest, play: Play) -> Outcomes:
    return play("pypi_numbers.py", PYPI_STEPS, request.param)


@pytest.mark.parametrize("step", STEPS)
def test_the_client_from_npm_shows_what_the_account_has(npm: Outcomes, step: str) -> None:
    assert npm[step].shown == npm[step].expected


@pytest.mark.parametrize("step", PYPI_STEPS)
def test_the_client_from_pypi_shows_what_the_account_has(pypi: Outcomes, step: str) -> None:
    assert pypi[step].shown == pypi[step].expected
