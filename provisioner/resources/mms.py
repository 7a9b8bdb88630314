"""MMS on a location. The service takes it only where SMS is on (error 13623)."""

from __future__ import annotations

from provisioner.resource_type import Call, Field, ResourceType, Shape

PATH = "/sites/{site}/sippeers/{sippeer}/products/messaging/features/mms"

TYPE = ResourceType(
    name="mms",
    section="mms",
    shape=Shape.FEATURE,
    parent="sippeer",
    title="MMS",
    description="MMS over HTTP: pictures and other media. true: on; false: must be off.",
    after=("sms",),
    needs=("sms",),
    holds=("sms",),
    element="MmsFeature",
    item=PATH,
    create=Call("POST", PATH),
    delete=Call("DELETE", PATH),
    fields=(
        Field(
            name="protocol",
            elements=("MmsSettings/Protocol",),
            fixed="HTTP",
            title="Protocol",
        ),
    ),
)
