"""The bodies of the vendor's guide, and what is sent for the same walk-through.

Every element of the guide has to be there with its value, and what is sent beyond the guide is
exactly the list below, each with its reason.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from provisioner.account.templates import environment, render
from provisioner.account.xml import Element, as_tree, name_of
from provisioner.model import Address, DesiredState, LiveState, Value
from provisioner.planning import make_plan
from provisioner.planning.numbers import block_order_key, customer_order_id
from provisioner.resources import resource_types
from provisioner.spec import load_spec

QUICKSTART = Path(__file__).parent.parent.parent / "examples" / "quickstart.yaml"

APPLICATION = Address("application", ("Production Server",))
SITE = Address("site", ("Raleigh",))
SIPPEER = Address("sippeer", ("Raleigh", "Bandwidth Messaging 2 test2"))
BLOCK = Address("numbers", (*SIPPEER.path, "area_code=910"))

# The guide has these ids as placeholders.
IDS = {APPLICATION: "299ab22a-d7e6-4cf6-9f4d-2089efc0c031", SITE: "13651", SIPPEER: "540341"}
PATH_IDS = {"site": "13651", "sippeer": "540341"}

ADDRESS = {
    "HouseNumber": "1600",
    "StreetName": "PENNSYLVANIA",
    "StreetSuffix": "AVE",
    "PostDirectional": "NW",
    "City": "WASHINGTON",
    "StateCode": "DC",
    "Zip": "20006",
    "Country": "US",
    "AddressType": "Service",
}
SITE_BODY = {
    "Name": "Raleigh",
    "Description": "Test Gateway",
    "CustomerName": "BW",
    "Address": ADDRESS,
}

Guide = Mapping[str, object]
GUIDE: Mapping[str, tuple[str, Guide]] = {
    "application": (
        "Application",
        {
            "ServiceType": "Messaging-V2",
            "AppName": "Production Server",
            "CallbackUrl": "https://yourSecureSite.com/callbacks",
            "CallbackCreds": {"UserId": "Your-User-id", "Password": "Your-Password"},
        },
    ),
    "site": ("Site", SITE_BODY),
    "sippeer": (
        "SipPeer",
        {"PeerName": "Bandwidth Messaging 2 test2", "IsDefaultPeer": "true"},
    ),
    "sms": (
        "SipPeerSmsFeature",
        {
            "SipPeerSmsFeatureSettings": {
                "TollFree": "true",
                "ShortCode": "true",
                "Protocol": "HTTP",
                "Zone1": "true",
                "Zone2": "false",
                "Zone3": "false",
                "Zone4": "false",
                "Zone5": "false",
            },
            "HttpSettings": "",
        },
    ),
    "mms": (
        "MmsFeature",
        {"MmsSettings": {"Protocol": "HTTP"}, "Protocols": {"HTTP": {"HttpSettings": ""}}},
    ),
    "messaging_application": (
        "ApplicationsSettings",
        {"HttpMessagingV2AppId": "299ab22a-d7e6-4cf6-9f4d-2089efc0c031"},
    ),
    "numbers": (
        "Order",
        {
            "AreaCodeSearchAndOrderType": {"AreaCode": "910", "Quantity": "1"},
            "SiteId": "13651",
            "PeerId": "540341",
        },
    ),
}

BEYOND_THE_GUIDE: Mapping[str, Mapping[str, str]] = {
    "numbers": {
        # So that an order whose answer was lost is found again, and numbers are bought once only.
        "CustomerOrderId": "bwp-c8b8f042db3032108f49-1",
        # So that people recognise the order in the vendor's dashboard.
        "Name": "area code 910",
        # The service's defaults for these two are told in two ways: nothing is left to them.
        "PartialAllowed": "true",
        "BackOrderRequested": "false",
    },
}


def load(path: Path) -> DesiredState:
    return load_spec([path], {"CALLBACK_PASSWORD": "Your-Password"}, resource_types())


def bodies(desired: DesiredState) -> dict[str, Element]:
    """What the plan for an empty account sends, by resource type."""
    types = resource_types()
    plan = make_plan(desired, LiveState(desired.account, "https://example.com", {}, {}), types)
    found = {}
    for step in plan.steps:
        resource_type = types[step.address.type]
        attributes: dict[str, Value] = dict(step.change.body.attributes)
        if step.address == BLOCK:
            key = block_order_key(
                desired.account, "13651", "540341", step.change.body, resource_type
            )
            attributes["customer_order_id"] = customer_order_id(key, 1)
        found[resource_type.name] = render(environment(), resource_type, attributes, IDS, PATH_IDS)
    return found


def leaves(tree: Guide, path: str = "") -> dict[str, object]:
    """Every element without children: its path and its text."""
    found: dict[str, object] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            found |= leaves(value, f"{path}{name}/")
        else:
            found[f"{path}{name}"] = value
    return found


def elements(body: Element) -> int:
    return len([each for each in body.iterdescendants() if not len(each)])


@pytest.mark.parametrize("type_name", GUIDE)
def test_what_is_sent_is_what_the_guide_sends_and_no_more_than_listed(type_name: str) -> None:
    root, guide = GUIDE[type_name]
    body = bodies(load(QUICKSTART))[type_name]
    expected = leaves(guide) | dict(BEYOND_THE_GUIDE.get(type_name, {}))
    assert body.tag == root
    assert leaves(as_tree(body)) == expected
    assert elements(body) == len(expected), "no element is there twice"
    assert not [each for each in body.iter() if each.attrib or each.nsmap]


BEYOND = {"campaign": "what carriers ask for came after the guide"}


def test_the_guide_and_the_types_cover_each_other() -> None:
    assert GUIDE.keys() == resource_types().keys() - BEYOND.keys()
    assert bodies(load(QUICKSTART)).keys() == GUIDE.keys()
    for type_name, beyond in BEYOND_THE_GUIDE.items():
        assert not beyond.keys() & leaves(GUIDE[type_name][1]).keys()


def test_a_site_for_uc_trunking_is_as_in_the_guide(tmp_path: Path) -> None:
    spec = tmp_path / "uc.yaml"
    quickstart = QUICKSTART.read_text(encoding="utf-8")
    uc_trunking = "    uc_trunking: {type: Seats, usage_category: UC500}\n"
    spec.write_text(
        quickstart.replace("    customer_name: BW\n", f"    customer_name: BW\n{uc_trunking}"),
        encoding="utf-8",
    )
    body = bodies(load(spec))["site"]
    uc = {"UcTrunkingConfiguration": {"Type": "Seats", "UsageCategory": "UC500"}}
    assert leaves(as_tree(body)) == leaves({**SITE_BODY, **uc})
    assert name_of(body) == "site"
