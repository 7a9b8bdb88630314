"""The application that a location's messages belong to: its assignment.

The service takes it only where SMS is on (error 13645).
"""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.resource_type import Call, Field, Kind, ResourceType, Shape


def assigned(texts: Sequence[str | None]) -> str | None:
    """The application's id. What an unassigned location answers is not documented: all of these."""
    return next((text for text in texts if text and text != "REMOVE"), None)


SETTINGS = Call("PUT", "/sites/{site}/sippeers/{sippeer}/products/messaging/applicationSettings")

TYPE = ResourceType(
    name="messaging_application",
    section="application",
    shape=Shape.LINK,
    parent="sippeer",
    title="Application",
    description="The key of the application that this location's messages belong to.",
    after=("sms", "mms"),
    needs=("sms",),
    holds=("sms",),
    element="ApplicationsSettings",
    aliases=("ApplicationSettings",),
    item=SETTINGS.path,
    create=SETTINGS,
    update=SETTINGS,
    delete=SETTINGS,
    fields=(
        Field(
            name="application",
            elements=("HttpMessagingV2AppId",),
            read=assigned,
            kind=Kind.REFERENCE,
            refers_to="application",
            required=True,
            title="Application",
            description="The key of one of the applications of the spec.",
            example="Production Server",
        ),
    ),
)
