"""The order that puts numbers on a campaign (vendor interface description)."""

from provisioner.account.templates import environment, render
from provisioner.account.xml import find, text_at
from provisioner.model import Attributes
from provisioner.resources import resource_types
from provisioner.resources.campaign import may_be_on_it

TYPE = resource_types()["campaign"]


def test_an_order_names_the_campaign_and_each_number() -> None:
    attributes: Attributes = {
        "campaign": "CA3XKE1",
        "customer_order_id": "bwc-0123456789abcdef0123",
        "telephone_numbers": ("9195551234", "9195551235"),
    }
    body = render(environment(), TYPE, attributes, {}, {})
    group = find(body, "TnOptionGroups/TnOptionGroup")
    assert group is not None
    listed = find(group, "TelephoneNumbers")
    assert listed is not None
    assert [each.text for each in listed] == ["9195551234", "9195551235"]
    assert text_at(group, "A2pSettings/CampaignId") == "CA3XKE1"
    assert text_at(group, "A2pSettings/Action") == "asSpecified"
    assert text_at(body, "CustomerOrderId") == "bwc-0123456789abcdef0123"


def test_toll_free_numbers_are_on_no_campaign() -> None:
    assert may_be_on_it("+19195551234", "")
    assert not may_be_on_it("+18335551234", "")
