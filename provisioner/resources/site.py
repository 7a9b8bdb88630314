"""A site: a sub-account, with the address that its locations are billed and served at."""

from __future__ import annotations

from provisioner.resource_type import Call, Field, ResourceType, Shape

COUNTRY_NAMES = {"united states": "US", "usa": "US"}


def upper_case(text: str) -> str:
    return text.strip().upper()


def country_code(text: str) -> str:
    """`US`, which the service answers as `United States` (vendor SDK fixture)."""
    text = text.strip()
    return COUNTRY_NAMES.get(text.lower(), text)


TYPE = ResourceType(
    name="site",
    section="sites",
    shape=Shape.NAMED,
    title="Sites",
    description="Sub-accounts. Each holds locations (sippeers).",
    element="Site",
    id_elements=("Id",),
    collection="/sites?sipPeerDetails=true",
    list_answer="SitesResponse",
    item="/sites/{site}",
    create=Call("POST", "/sites"),
    update=Call("PUT", "/sites/{site}"),
    delete=Call("DELETE", "/sites/{site}"),
    not_sent=("Id", "SipPeers", "SipPeerCount", "TnCount", "TotalCount"),
    missing_codes=frozenset({"12016"}),
    in_use_codes=frozenset({"12031"}),
    guideline=50,  # vendor guide to account structure
    groups={"address": "Street address", "uc_trunking": "For UC trunking accounts only"},
    expected={"address": "The service may refuse a new site that has none (error 1003)."},
    fields=(
        Field(
            name="name",
            elements=("Name",),
            title="Name",
            description="The name in the account, where it is not the key.",
            required=True,
            min_length=1,
            max_length=50,
            documented_length=10,
            example="Raleigh",
        ),
        Field(
            name="description",
            elements=("Description",),
            title="Description",
            description="Free text.",
            example="Test Gateway",
        ),
        Field(
            name="customer_name",
            elements=("CustomerName",),
            title="Customer name",
            description="A name of your own for the site.",
            max_length=50,
            example="BW",
        ),
        Field(
            name="customer_provided_id",
            elements=("CustomerProvidedID",),
            title="Customer-provided id",
            description="An id of your own for the site.",
            max_length=10,
            example="1234567890",
        ),
        Field(
            name="address.house_prefix",
            elements=("Address/HousePrefix",),
            title="House prefix",
            description="What stands before the house number and is not a number.",
            example="N",
        ),
        Field(
            name="address.house_number",
            elements=("Address/HouseNumber",),
            title="House number",
            description="The number of the building in its street.",
            required=True,
            min_length=1,
            max_length=45,
            example="1600",
        ),
        Field(
            name="address.house_suffix",
            elements=("Address/HouseSuffix",),
            title="House suffix",
            description="What follows the house number and is not a number.",
            example="B",
        ),
        Field(
            name="address.pre_directional",
            elements=("Address/PreDirectional",),
            title="Direction before the street name",
            description="Such as N or SW.",
            max_length=2,
            example="N",
        ),
        Field(
            name="address.street_name",
            elements=("Address/StreetName",),
            title="Street name",
            description="Without house number, direction and suffix.",
            required=True,
            min_length=1,
            max_length=200,
            example="PENNSYLVANIA",
        ),
        Field(
            name="address.street_suffix",
            elements=("Address/StreetSuffix",),
            title="Street suffix",
            description="Such as AVE or ST.",
            example="AVE",
        ),
        Field(
            name="address.post_directional",
            elements=("Address/PostDirectional",),
            title="Direction after the street name",
            description="Such as NW.",
            max_length=2,
            example="NW",
        ),
        Field(
            name="address.address_line2",
            elements=("Address/AddressLine2",),
            title="Second address line",
            description="Unit, suite or floor.",
            example="Suite 200",
        ),
        Field(
            name="address.city",
            elements=("Address/City",),
            title="City",
            description="The city.",
            required=True,
            min_length=1,
            max_length=100,
            example="WASHINGTON",
        ),
        Field(
            name="address.state_code",
            elements=("Address/StateCode",),
            normalise=upper_case,
            title="State",
            description="Two letters.",
            required=True,
            pattern=r"^[A-Za-z]{2}$",
            example="DC",
        ),
        Field(
            name="address.zip",
            elements=("Address/Zip",),
            title="ZIP code",
            description="Five digits.",
            required=True,
            pattern=r"^[0-9]{5}$",
            example="20006",
        ),
        Field(
            name="address.plus_four",
            elements=("Address/PlusFour",),
            title="ZIP+4",
            description="The four digits that may follow a ZIP code.",
            pattern=r"^([0-9]{4})?$",
            example="0001",
        ),
        Field(
            name="address.county",
            elements=("Address/County",),
            title="County",
            description="The county.",
            max_length=45,
            example="District of Columbia",
        ),
        Field(
            name="address.country",
            elements=("Address/Country",),
            normalise=country_code,
            default="US",
            title="Country",
            description="US; the service derives it from the state where it is left out.",
            example="US",
        ),
        Field(
            name="address.address_type",
            elements=("Address/AddressType",),
            title="Address type",
            description="What the address is for; the service takes Service where it is left out.",
            choices=("Service", "Billing", "Dlda", "E911"),
            default="Service",
            example="Service",
        ),
        Field(
            name="uc_trunking.type",
            elements=("UcTrunkingConfiguration/Type",),
            title="Type",
            description="The kind of UC trunking.",
            required=True,
            choices=("Seats", "Premise", "Cloud"),
            example="Seats",
        ),
        Field(
            name="uc_trunking.usage_category",
            elements=("UcTrunkingConfiguration/UsageCategory",),
            title="Usage category",
            description="The usage category of UC trunking.",
            required=True,
            choices=("UC250", "UC500", "UC1000"),
            example="UC500",
        ),
    ),
)
