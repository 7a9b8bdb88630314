"""Accounts at random, made by plain HTTP as anybody might have made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.account.conftest import Account

ODD_NAMES = (
    "NO", "null", "true", "02134", "1e3", "0x1F", "~", "=", "<<", "- a", "a: b", "a #b", "#a",
    "[a]", "{a}", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", '"a"', "'a'", "a\\n",
    "${HOME}", "$${A}", "a/b", "2026-11-20", "12:30", " a", "a ", "A", "y", "+19195551234",
    "é", "日本", "🙂", "a\u00a0b", "a\u2028b", "Raleigh", "raleigh", "Raleigh ", "Raleigh (1)",
    "version", "x" * 50,
)  # fmt: skip
ORDERS_TAKE = 60.0
COMMON_NAMES = st.sampled_from(["Raleigh", "Raleigh", "raleigh", "Raleigh "])
PLAIN = st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=["C", "Z"])
LETTERS = st.characters(categories=["L", "Nd"], include_characters=" -_.")


def texts(longest: int) -> st.SearchStrategy[str]:
    return st.sampled_from([each for each in ODD_NAMES if len(each) <= longest]) | st.text(
        PLAIN | st.just(" "), min_size=1, max_size=longest
    ).filter(lambda text: text.strip() != "")


LOCATION_NAMES = (
    "NO", "null", "02134", "1e3", "- a", " a", "a ", "A", "é", "日本", "East", "EAST", "East ",
    "x" * 50,
)  # fmt: skip
location_names = st.sampled_from(LOCATION_NAMES) | st.text(LETTERS, min_size=1, max_size=50).filter(
    lambda text: text.strip() != ""
)
urls = st.sampled_from(
    ["https://example.com/in", "http://a.example/?b=c&d=%20#e", "https://a.example/${NAME}"]
)
CAMPAIGNS = ["C1", "C2"]
SITE_PARTS = {"Description": 60, "CustomerName": 50, "CustomerProvidedID": 10}
ADDRESS_PARTS = {
    "HousePrefix": texts(10),
    "HouseSuffix": texts(10),
    "PreDirectional": st.sampled_from(["N", "SW", "NO"]),
    "StreetSuffix": texts(10),
    "PostDirectional": st.sampled_from(["E", "NW"]),
    "AddressLine2": texts(30),
    "PlusFour": st.sampled_from(["0001", "1234"]),
    "County": texts(20),
    "Country": st.sampled_from(["US", "United States", "Canada"]),
    "AddressType": st.sampled_from(["Service", "Billing", "Dlda", "E911"]),
}


def xml(name: str, value: str | list[str] | Mapping[str, object]) -> str:
    if isinstance(value, str):
        return f"<{name}>{escape(value)}</{name}>"
    if isinstance(value, list):
        return "".join(xml(name, each) for each in value)
    inner = "".join(xml(key, each) for key, each in value.items())  # type: ignore[arg-type]  # all are
    return f"<{name}>{inner}</{name}>"


def some(parts: Mapping[str, st.SearchStrategy[str]]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional=dict(parts))


credentials = texts(20).map(
    lambda text: {"UserId": text.ljust(6, "x"), "Password": "callback-pass-word-1"}
)


EVENTS = ["message-delivered", "message-failed", "message-sending"]


@st.composite
def applications(draw: st.DrawFn) -> str:
    """With each of the ways in which the service can be told where to call back."""
    family = draw(st.sampled_from(["CallbackUrl", "MsgCallbackUrl", "both", "inbound"]))
    told: dict[str, object] = {
        "ServiceType": draw(st.sampled_from(["Messaging-V2", "Messaging-V2", "Messaging"])),
        "AppName": draw(COMMON_NAMES | texts(50) | st.just("n" * 60)),
    }
    if family in ("both", "inbound"):
        told["InboundCallbackUrl"] = draw(urls)
        if family == "both":
            told["OutboundCallbackUrl"] = draw(urls)
        groups = ["InboundCallbackCreds", "OutboundCallbackCreds"]
        told |= {group: draw(credentials) for group in groups if draw(st.booleans())}
    else:
        told[family] = draw(urls)
        group = draw(st.sampled_from(["", "CallbackCreds", "MsgCallbackCreds"]))
        if group:
            told[group] = draw(credentials)
    if draw(st.booleans()):
        some_events = st.lists(st.sampled_from(EVENTS), min_size=1, unique=True)
        told["RequestedCallbackTypes"] = {"CallbackType": draw(some_events)}
    return xml("Application", told)


@st.composite
def voice_applications(draw: st.DrawFn) -> str:
    told = {"ServiceType": "Voice-V2", "AppName": draw(texts(20))}
    return xml("Application", {**told, "CallInitiatedCallbackUrl": "https://example.com/voice"})


@st.composite
def sites(draw: st.DrawFn) -> str:
    parts = some({name: texts(longest) for name, longest in SITE_PARTS.items()})
    required = {"HouseNumber": draw(st.sampled_from(["1600", "007"])), "StreetName": "PENNSYLVANIA"}
    place = {"City": "WASHINGTON", "StateCode": draw(st.sampled_from(["DC", "nc", "NO"]))}
    address = {**required, **place, "Zip": draw(st.sampled_from(["20006", "02134"]))}
    told: dict[str, object] = {
        "Name": draw(COMMON_NAMES | texts(50).filter(str.isprintable)),
        **draw(parts),
    }
    told["Address"] = address | draw(some(ADDRESS_PARTS))
    if draw(st.booleans()):
        told["UcTrunkingConfiguration"] = {"Type": "Seats", "UsageCategory": "UC500"}
    return xml("Site", told)


@dataclass(frozen=True)
class Location:
    name: str
    description: str
    toll_free: bool | None
    """None: no SMS at all, and nothing that needs it."""
    short_code: bool
    protocol: str
    has_mms: bool
    application: int | None
    numbers: Mapping[str, int]
    campaigns: str
    """What its local numbers are on: "none", "all", "some" or "several"."""


locations = st.builds(
    Location,
    name=location_names,
    description=texts(50) | st.just(""),
    toll_free=st.sampled_from([None, True, True, False]),
    short_code=st.booleans(),
    protocol=st.sampled_from(["HTTP", "HTTP", "HTTP", "SMPP"]),
    has_mms=st.booleans(),
    application=st.none() | st.integers(0, 9),
    numbers=st.dictionaries(
        st.sampled_from(["910", "919", "800", "888"]), st.integers(1, 3), max_size=2
    ),
    campaigns=st.sampled_from(["none", "none", "all", "some", "several"]),
)


@dataclass(frozen=True)
class Contents:
    """What an account is to have: bodies of applications and sites, and the sites' locations."""

    applications: tuple[str, ...]
    voice: tuple[str, ...]
    sites: tuple[tuple[str, tuple[Location, ...]], ...]


contents = st.builds(
    Contents,
    applications=st.lists(applications(), max_size=4).map(tuple),
    voice=st.lists(voice_applications(), max_size=1).map(tuple),
    sites=st.lists(
        st.tuples(
            sites(), st.lists(locations, max_size=3, unique_by=lambda each: each.name).map(tuple)
        ),
        max_size=3,
    ).map(tuple),
)


def fill(account: Account, contents: Contents) -> None:
    """Makes all of it, in an account that is emptied first. The last location is the default."""
    assert account.http.post("/_sandbox/reset").status_code == 204
    located: dict[str, Location] = {}
    made = [account.made("POST", "/applications", body) for body in contents.applications]
    for body in contents.voice:
        account.call("POST", "/applications", body)
    for body, peers in contents.sites:
        site = f"/sites/{account.made('POST', '/sites', body)}"
        located |= {_add_location(account, site, peer, made): peer for peer in peers}
    account.time.advance(ORDERS_TAKE)
    for name in CAMPAIGNS:
        account.http.put(f"/_sandbox/campaigns/{name}", json={}).raise_for_status()
    for path, peer in located.items():
        _put_on_campaigns(account, path, peer)


def _put_on_campaigns(account: Account, path: str, peer: Location) -> None:
    listed = account.texts(f"/api/accounts/9900778{path}/tns?page=1&size=500", "FullNumber")
    local = [each for each in listed if not each.startswith("8")]
    chosen = {
        "none": {},
        "all": dict.fromkeys(local, "C1"),
        "some": dict.fromkeys(local[1:], "C1"),
        "several": dict(zip(local, CAMPAIGNS * len(local), strict=False)),
    }[peer.campaigns]
    for number, campaign in chosen.items():
        url = f"/_sandbox/campaignNumbers/+1{number}"
        account.http.put(url, json={"campaign": campaign}).raise_for_status()


def _add_location(account: Account, site: str, peer: Location, made: list[str]) -> str:
    """Its path below the account."""
    told = {"PeerName": peer.name, "Description": peer.description, "IsDefaultPeer": "true"}
    path = f"{site}/sippeers/{account.made('POST', f'{site}/sippeers', xml('SipPeer', told))}"
    messaging = f"{path}/products/messaging"
    if peer.toll_free is not None:
        flags = {
            "TollFree": str(peer.toll_free).lower(),
            "ShortCode": str(peer.short_code).lower(),
            "Protocol": peer.protocol,
            **{f"Zone{n}": "true" if n == 1 else "false" for n in range(1, 6)},
        }
        body = xml("SipPeerSmsFeature", {"SipPeerSmsFeatureSettings": flags})
        account.call("POST", f"{messaging}/features/sms", body)
        if peer.has_mms:
            settings = "<MmsSettings><Protocol>HTTP</Protocol></MmsSettings>"
            protocols = "<Protocols><HTTP><HttpSettings/></HTTP></Protocols>"
            body = f"<MmsFeature>{settings}{protocols}</MmsFeature>"
            account.call("POST", f"{messaging}/features/mms", body)
        if peer.protocol == "HTTP" and peer.application is not None and made:
            server_id = made[peer.application % len(made)]
            body = xml("ApplicationsSettings", {"HttpMessagingV2AppId": server_id})
            account.call("PUT", f"{messaging}/applicationSettings", body)
    for code, quantity in peer.numbers.items():
        _order(account, path, code, quantity)
    return path


def _order(account: Account, path: str, code: str, quantity: int) -> None:
    _, _, site, _, peer = path.split("/")
    is_toll_free = code.startswith("8")
    kind = "TollFreeWildCharSearchAndOrderType" if is_toll_free else "AreaCodeSearchAndOrderType"
    criterion = {"TollFreeWildCardPattern" if is_toll_free else "AreaCode": code}
    search = {**criterion, "Quantity": str(quantity)}
    account.call("POST", "/orders", xml("Order", {kind: search, "SiteId": site, "PeerId": peer}))
