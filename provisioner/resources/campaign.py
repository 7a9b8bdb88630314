"""A 10DLC campaign that the local numbers of a location are on.

Without one, carriers in the US refuse their messages (error 4476). Campaigns are registered
elsewhere; here numbers are put on them.

Facts: vendor interface description of `tnoptions`. That toll-free numbers are on no campaign is how
the vendor's command-line tool examines them.
"""

from __future__ import annotations

from provisioner.digits import is_toll_free
from provisioner.resource_type import Call, Field, ResourceType, Shape
from provisioner.resources.numbers import CAMPAIGN


def may_be_on_it(number: str, _: str) -> bool:
    return not is_toll_free(number)


TYPE = ResourceType(
    name="campaign",
    section="campaign",
    shape=Shape.MEMBERSHIP,
    parent="sippeer",
    title="Campaign",
    description="The id of the 10DLC campaign that the local numbers of the location are on.",
    after=("messaging_application", "numbers"),
    holds=("sms",),
    element="TnOptionOrder",
    create=Call("POST", "/tnoptions"),
    fields=(
        Field(
            name="campaign",
            title="Campaign",
            description="The id of the 10DLC campaign.",
            required=True,
            pattern=CAMPAIGN,
            example="CA3XKE1",
            matches=may_be_on_it,
        ),
    ),
)
