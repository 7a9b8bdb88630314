"""What `sandbox_speed` asks of a large sandbox, and how it is filled before."""

from __future__ import annotations

import base64
import http.client
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from urllib.parse import urlsplit

from provisioner.sandbox.numbers.exchanges import number_at
from provisioner.sandbox.settings import Settings

AREA_CODES = ("910", "919", "212", "303")
_LARGEST_ORDER = 5000
_STREET = (
    "<HouseNumber>1</HouseNumber><StreetName>MAIN</StreetName><City>RALEIGH</City>"
    "<StateCode>NC</StateCode><Zip>27601</Zip>"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the numbers are, how many, and the first order of them."""

    site: str
    sippeer: str
    other: str
    numbers: int
    order: str = ""

    @property
    def path(self) -> str:
        return f"/sites/{self.site}/sippeers/{self.sippeer}"

    @property
    def day(self) -> str:
        """The one on which the first of them came."""
        return datetime.now(UTC).date().isoformat()


class Caller:
    """One kept-alive connection."""

    def __init__(self, url: str, settings: Settings) -> None:
        self._http = http.client.HTTPConnection(urlsplit(url).netloc)
        secret = base64.b64encode(f"{settings.username}:{settings.password}".encode()).decode()
        self._headers = {"authorization": f"Basic {secret}"}
        self._root = f"/api/accounts/{settings.account}"

    def call(self, method: str, path: str, body: str | None = None) -> str:
        """The Location of the answer. Raises RuntimeError for a refusal."""
        target = path if path.startswith(("/api/", "/_sandbox/")) else self._root + path
        self._http.request(method, target, body, self._headers)
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content.decode()}")
        return answer.headers.get("location", "")


Request = Callable[[Caller, int], str]


def requests_of(place: Place) -> dict[str, Request]:
    """What is measured: the n-th request of each kind. Lists are of 100 numbers, searches of 10."""
    return gets(_paths(place)) | {
        "GET a number": lambda caller, n: caller.call("GET", f"/api/tns/{_own(n)}"),
        "GET details of a number": lambda caller, n: caller.call(
            "GET", f"/api/tns/{_own(n)}/tndetails"
        ),
        "GET whether a number is in service": lambda caller, n: caller.call(
            "GET", f"/inserviceNumbers/{_own(n)}"
        ),
        "POST 100 numbers to look up": _look_up,
        "POST order for 1 number": lambda caller, _: _order(caller, place, "704", 1),
        "POST order for 10 numbers": lambda caller, _: _order(caller, place, "757", 10),
        "POST move of 1 number": lambda caller, n: _move(caller, place, n),
        "POST disconnect of 1 number": lambda caller, n: _release(caller, [_later(n)]),
    }


def long_answers(place: Place) -> dict[str, Request]:
    """Pages as large as they are where no size is asked for, or as they can be."""
    return gets(
        {
            "500 numbers of the account, with all about them": "/api/tns",
            "5000 numbers in service": "/inserviceNumbers?size=5000",
            "5000 numbers of the sippeer, with their settings": f"{place.path}/tns",
            "an order of 5000 numbers": f"/orders/{place.order}",
            "its 791 exchanges": f"/orders/{place.order}/npaNxx",
            "5000 available numbers": "/availableNumbers?areaCode=212",
        }
    )


def gets(paths: Mapping[str, str]) -> dict[str, Request]:
    def get(path: str) -> Request:
        return lambda caller, _: caller.call("GET", path)

    return {f"GET {name}": get(path) for name, path in paths.items()}


def _paths(place: Place) -> dict[str, str]:
    site, sippeer, day = f"/sites/{place.site}", place.path, place.day
    day = f"startdate={day}&enddate={day}"
    exchange = number_at(AREA_CODES[0], 0)[:6]
    deep = place.numbers * 9 // 1000  # a page near the end
    lists = {
        f"{site}/inserviceNumbers": {
            "": "in service on the site",
            "city=RALEIGH&state=NC": "in service on the site, of a city",
            "state=CO": "in service on the site, of a state",
            "lata=132": "in service on the site, of a LATA",
            day: "in service on the site, of a day",
        },
        "/inserviceNumbers": {
            "": "in service",
            "areacode=303": "in service, of an area code",
            f"npanxx={exchange}": "in service, of an exchange",
            "state=NC": "in service, of a state",
            "lata=132": "in service, of a LATA",
            "state=NC&ratecenter=RALEIGH": "in service, of a rate center",
            day: "in service, of a day",
            f"{day}&state=NC": "in service, of a day and a state",
        },
        f"{sippeer}/tns": {
            "page=1": "of the sippeer",
            f"page={deep}": "of the sippeer, a late page",
        },
        "/api/tns": {
            "": "of the account",
            f"page={deep}": "of the account, a late page",
            "status=Aging": "that age",
            "status=Available": "of a status that none has",
            f"siteId={place.site}&page={deep}": "of a site, a late page",
            f"sippeerId={place.sippeer}&page={deep}": "of a sippeer, a late page",
            "npa=919": "of an area code",
            f"npaNxx={exchange}": "of an exchange",
            "city=RALEIGH&state=NC": "of a city",
            "state=CO": "of a state",
            f"state=NC&page={deep // 2}": "of a state, a late page",
            "lata=656": "of a LATA",
            "lata=656&status=Aging": "of a LATA that age",
        },
    }
    searches = {
        "areaCode=212": "of an area code",
        f"npaNxx={exchange}": "of an exchange and around",
        f"npaNxx={exchange}&LCA=false": "of an exchange",
        "zip=27601": "of a ZIP code",
        "city=RALEIGH&state=NC": "of a city",
        "state=NC": "of a state",
        "lata=426": "of a LATA",
        "tollFreeWildCardPattern=8**": "toll-free",
        "tollFreeVanity=CARE": "toll-free, with a word",
        "areaCode=910&localVanity=CARE": "with a word",
    }
    return {
        "the site": site,
        "all sites with counts": "/sites?tnCounts=true",
        "the total of the site": f"{site}/totaltns",
        "the total of the sippeer": f"{sippeer}/totaltns",
        "the total in service": "/inserviceNumbers/totals",
        **{
            f"numbers {name}": f"{path}?size=100&{query}"
            for path, queries in lists.items()
            for query, name in queries.items()
        },
        **{
            f"available numbers {name}": f"/availableNumbers?quantity=10&{query}"
            for query, name in searches.items()
        },
        "100 orders": "/orders?page=1&size=100",
        "100 orders of a status": "/orders?page=1&size=100&status=COMPLETE",
        "100 orders of the site": f"{site}/orders?page=1&size=100",
        "the total of orders": "/orders/totals",
        "the history of an order": f"/orders/{place.order}/history",
        "disconnects": "/disconnects?size=100",
    }


def _own(n: int) -> str:
    return number_at(AREA_CODES[0], n % 100)


def _later(n: int) -> str:
    """One that is the account's until it is released."""
    return number_at(AREA_CODES[1], n)


def fill(caller: Caller, numbers: int) -> Place:
    """Two sippeers of one site, the numbers on the first; half of them came a day later, and some
    age."""
    site = caller.call(
        "POST", "/sites", f"<Site><Name>Large</Name><Address>{_STREET}</Address></Site>"
    ).rpartition("/")[2]
    sippeer, other = (
        caller.call(
            "POST",
            f"/sites/{site}/sippeers",
            f"<SipPeer><PeerName>{name}</PeerName><IsDefaultPeer>{first}</IsDefaultPeer></SipPeer>",
        ).rpartition("/")[2]
        for name, first in (("Large", "true"), ("Other", "false"))
    )
    place = Place(site, sippeer, other, numbers)
    orders = []
    left = numbers
    for n in count():
        quantity = min(left, _LARGEST_ORDER, -(-numbers // len(AREA_CODES)))
        if left - quantity < numbers // 2 <= left:
            caller.call("POST", "/_sandbox/clock", '{"seconds": 86400}')
        orders.append(_order(caller, place, AREA_CODES[n % len(AREA_CODES)], quantity))
        left -= quantity
        if not left:
            break
    _release(caller, [number_at(AREA_CODES[-1], n) for n in range(min(500, numbers // 8))])
    return replace(place, order=orders[0].rpartition("/")[2])


def _order(caller: Caller, place: Place, area_code: str, quantity: int) -> str:
    kind = f"<AreaCode>{area_code}</AreaCode><Quantity>{quantity}</Quantity>"
    return caller.call(
        "POST",
        "/orders",
        f"<Order><AreaCodeSearchAndOrderType>{kind}</AreaCodeSearchAndOrderType>"
        f"<SiteId>{place.site}</SiteId><PeerId>{place.sippeer}</PeerId></Order>",
    )


def _release(caller: Caller, numbers: Iterable[str]) -> str:
    listed = "".join(f"<TelephoneNumber>{number}</TelephoneNumber>" for number in numbers)
    inner = f"<TelephoneNumberList>{listed}</TelephoneNumberList>"
    kind = f"<DisconnectTelephoneNumberOrderType>{inner}</DisconnectTelephoneNumberOrderType>"
    return caller.call(
        "POST",
        "/disconnects",
        f"<DisconnectTelephoneNumberOrder>{kind}</DisconnectTelephoneNumberOrder>",
    )


def _move(caller: Caller, place: Place, n: int) -> str:
    listed = f"<FullNumber>{number_at(AREA_CODES[2], n % 100)}</FullNumber>"
    body = f"<SipPeerTelephoneNumbers>{listed}</SipPeerTelephoneNumbers>"
    return caller.call("POST", f"/sites/{place.site}/sippeers/{place.other}/movetns", body)


def _look_up(caller: Caller, _: int) -> str:
    listed = "".join(f"<Tn>{_own(n)}</Tn>" for n in range(100))
    return caller.call("POST", "/api/tns", f"<TnList>{listed}</TnList>")
