"""SMS on a location."""

from __future__ import annotations

from provisioner.resource_type import Call, Field, Kind, ResourceType, Shape

PATH = "/sites/{site}/sippeers/{sippeer}/products/messaging/features/sms"

TYPE = ResourceType(
    name="sms",
    section="sms",
    shape=Shape.FEATURE,
    parent="sippeer",
    title="SMS",
    description="SMS over HTTP. true: toll-free and short code both on; false: must be off.",
    element="SipPeerSmsFeature",
    item=PATH,
    create=Call("POST", PATH),
    update=Call("PUT", PATH),
    delete=Call("DELETE", PATH),
    in_use_codes=frozenset({"13624", "13673"}),
    fields=(
        Field(
            name="toll_free",
            elements=("SipPeerSmsFeatureSettings/TollFree",),
            kind=Kind.BOOLEAN,
            shorthand=True,
            required=True,
            title="Toll-free",
            description="Messages to and from toll-free numbers.",
            example=True,
        ),
        Field(
            name="short_code",
            elements=("SipPeerSmsFeatureSettings/ShortCode",),
            kind=Kind.BOOLEAN,
            shorthand=True,
            required=True,
            title="Short code",
            description="Messages to and from short codes.",
            example=True,
        ),
        Field(
            name="protocol",
            elements=("SipPeerSmsFeatureSettings/Protocol",),
            fixed="HTTP",
            title="Protocol",
        ),
    ),
)
