"""Number blocks: how many numbers of which kind a location should have.

A block is not created once but converged to: the numbers that are there count, orders in flight
count, and only the shortfall is ordered.

The order types, their elements and what they refuse are the vendor interface description's; where
it writes `LATA` in the schema and `Lata` in the examples, the examples are followed.
"""

from __future__ import annotations

from provisioner.block_kinds import BlockKind
from provisioner.digits import (
    TOLL_FREE_CODES,
    as_e164,
    begins_with,
    has_toll_free_code,
    is_toll_free,
    spells,
    spells_toll_free,
)
from provisioner.resource_type import Call, Field, Kind, ResourceType, Shape

LOCAL = f"(?!{'|'.join(sorted(TOLL_FREE_CODES))})"


def may_be_there(number: str, _: str) -> bool | None:
    """Digits do not tell of places, but a toll-free number is in none."""
    return False if is_toll_free(number) else None


def in_capitals(text: str) -> str:
    """Names of places and words to spell, as the service writes them."""
    return " ".join(text.upper().split())


FIXED = frozenset({"back_order"})
"""Nobody can wait for more of these to come into stock (vendor error list)."""
NARROW = frozenset({"local_calling_area"})
"""The service cannot search a local calling area by these (vendor interface description)."""
LOCAL_ONLY = frozenset({"campaign"})
CAMPAIGN = r"^[A-Za-z0-9_-]{1,64}$"
AREA_ELEMENT = {"local_calling_area": "EnableLCA"}
PLACE = {"rate_center": "RateCenter", "city": "City", "state": "State", "zip": "Zip"}


# In the order in which they claim numbers: what leaves the least choice comes first.
KINDS = (
    BlockKind(
        name="telephone_numbers",
        element="ExistingTelephoneNumberOrderType",
        fields={"telephone_numbers": "TelephoneNumberList"},
        never=FIXED | NARROW,
    ),
    BlockKind(
        name="local_vanity",
        element="CombinedSearchAndOrderType",
        fields={"area_code": "AreaCode", "local_vanity": "LocalVanity"},
        widened_by=AREA_ELEMENT,
        never=FIXED | NARROW,
    ),
    BlockKind(
        name="toll_free_vanity",
        element="TollFreeVanitySearchAndOrderType",
        fields={"toll_free_vanity": "TollFreeVanity"},
        never=FIXED | NARROW | LOCAL_ONLY,
    ),
    BlockKind(
        name="npa_nxx",
        element="NPANXXSearchAndOrderType",
        fields={"npa_nxx": "NpaNxx"},
        widened_by=AREA_ELEMENT,
        never=FIXED,
    ),
    BlockKind(
        name="area_code",
        element="AreaCodeSearchAndOrderType",
        fields={"area_code": "AreaCode"},
        never=NARROW,
    ),
    BlockKind(
        name="toll_free",
        element="TollFreeWildCharSearchAndOrderType",
        fields={"toll_free": "TollFreeWildCardPattern"},
        never=NARROW | LOCAL_ONLY,
    ),
    BlockKind(
        name="combined",
        element="CombinedSearchAndOrderType",
        fields={"area_code": "AreaCode", "npa_nxx": "NpaNxx", **PLACE, "lata": "Lata"},
        widened_by=AREA_ELEMENT,
        never=NARROW,
        combines=True,
        one_of=frozenset({"area_code", "npa_nxx"}),
        needs={"rate_center": "state", "city": "state"},
    ),
    BlockKind(
        name="rate_center",
        element="RateCenterSearchAndOrderType",
        fields={"rate_center": "RateCenter", "state": "State"},
        widened_by=AREA_ELEMENT,
    ),
    BlockKind(
        name="city",
        element="CitySearchAndOrderType",
        fields={"city": "City", "state": "State"},
        never=NARROW,
    ),
    BlockKind(name="zip", element="ZIPSearchAndOrderType", fields={"zip": "Zip"}, never=NARROW),
    BlockKind(name="lata", element="LATASearchAndOrderType", fields={"lata": "Lata"}, never=NARROW),
    BlockKind(
        name="state", element="StateSearchAndOrderType", fields={"state": "State"}, never=NARROW
    ),
)

WHICH_NUMBERS = (
    Field(
        name="area_code",
        title="Area code",
        description="Any numbers of this area code: three digits, the first from 2 to 9; toll-free "
        "codes go under `toll_free`.",
        pattern=rf"^{LOCAL}[2-9][0-9]{{2}}$",
        example="910",
        words="area code",
        matches=begins_with,
    ),
    Field(
        name="npa_nxx",
        title="NPA-NXX",
        description="Numbers of this area code and exchange: six digits, as in 919439.",
        pattern=rf"^{LOCAL}[2-9][0-9]{{2}}[2-9][0-9]{{2}}$",
        example="919439",
        words="NPA-NXX",
        matches=begins_with,
    ),
    Field(
        name="rate_center",
        elements=("RateCenter",),
        title="Rate center",
        description="Numbers of this rate center, by its abbreviation; needs `state`.",
        pattern=r"\S",
        max_length=100,
        example="RALEIGH",
        normalise=in_capitals,
        words="rate center",
        matches=may_be_there,
    ),
    Field(
        name="city",
        elements=("City",),
        title="City",
        description="Numbers of this city; needs `state`.",
        pattern=r"\S",
        max_length=100,
        example="RALEIGH",
        normalise=in_capitals,
        words="city",
        matches=may_be_there,
    ),
    Field(
        name="state",
        elements=("State",),
        title="State",
        description="Numbers of this state, by its two letters.",
        pattern=r"^[A-Za-z]{2}$",
        example="NC",
        normalise=in_capitals,
        words="state",
        matches=may_be_there,
    ),
    Field(
        name="zip",
        title="ZIP code",
        description="Numbers near this ZIP code: five or nine digits.",
        pattern=r"^[0-9]{5}([0-9]{4})?$",
        example="27606",
        words="ZIP code",
        matches=may_be_there,
    ),
    Field(
        name="lata",
        elements=("Lata",),
        title="LATA",
        description="Numbers of this local access and transport area: three to five digits.",
        pattern=r"^[0-9]{3,5}$",
        example="426",
        words="LATA",
        matches=may_be_there,
    ),
    Field(
        name="toll_free",
        title="Toll-free code",
        description="Toll-free numbers by their first three digits, or fewer and `*`: 833, 88*.",
        pattern=r"^8([0-9]{2}|[0-9]\*|\*\*)$",
        example="8**",
        words="toll-free code",
        matches=has_toll_free_code,
    ),
    Field(
        name="toll_free_vanity",
        title="Toll-free vanity",
        description="Toll-free numbers that spell this: four to seven letters and digits.",
        pattern=r"^[A-Za-z0-9]{4,7}$",
        example="NEWCARS",
        normalise=in_capitals,
        words="toll-free vanity",
        matches=spells_toll_free,
    ),
    Field(
        name="local_vanity",
        title="Vanity",
        description="Numbers of the `area_code` beside it that spell this: four to seven letters "
        "and digits.",
        pattern=r"^[A-Za-z0-9]{4,7}$",
        example="NEWCARS",
        normalise=in_capitals,
        words="vanity",
        matches=spells,
    ),
    Field(
        name="telephone_numbers",
        kind=Kind.NUMBERS,
        maximum=5000,
        title="Telephone numbers",
        description="Just these numbers: +1 and ten digits, or the ten digits alone.",
        pattern=r"^(\+?1)?[2-9][0-9]{2}[2-9][0-9]{6}$",
        example="+19195551234",
        normalise=as_e164,
        words="telephone numbers",
    ),
)

TYPE = ResourceType(
    name="numbers",
    section="numbers",
    shape=Shape.BLOCKS,
    parent="sippeer",
    title="Numbers",
    description="How many numbers of which kind the location should have.",
    after=("messaging_application",),
    holds=("sms",),
    element="Order",
    create=Call("POST", "/orders"),
    parent_missing_codes=frozenset({"5016", "5023"}),
    kinds=KINDS,
    fields=(
        *WHICH_NUMBERS,
        Field(
            name="quantity",
            kind=Kind.INTEGER,
            required=True,
            minimum=1,
            maximum=5000,
            title="Quantity",
            description="How many numbers of this kind the location should have; not with "
            "`telephone_numbers`.",
            example=1,
        ),
        Field(
            name="partial_allowed",
            kind=Kind.BOOLEAN,
            default=True,
            title="Partial orders",
            description="Whether an order may be filled in part where stock is short.",
            example=True,
        ),
        Field(
            name="back_order",
            kind=Kind.BOOLEAN,
            default=False,
            title="Back order",
            description="Whether what is not in stock stays on order until it is.",
            example=False,
        ),
        Field(
            name="local_calling_area",
            kind=Kind.BOOLEAN,
            default=False,
            title="Local calling area",
            description="Whether numbers from around may be taken as well, with `npa_nxx` alone or "
            "with `rate_center` and `state`.",
            example=False,
        ),
        Field(
            name="name",
            min_length=1,
            max_length=50,
            title="Order name",
            description="The Name that the block's orders carry in the account.",
            example="Support lines",
        ),
        Field(
            name="campaign",
            pattern=CAMPAIGN,
            title="Campaign",
            description="The 10DLC campaign of the block's numbers, if not that of the location.",
            example="CA3XKE1",
        ),
    ),
)
