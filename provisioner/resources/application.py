"""A messaging application: where the service posts what happens to messages.

Facts: vendor interface description, and the vendor's guide to programmatic setup.
"""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.resource_type import Call, Field, Kind, ResourceType, Shape, first_given

URL = r"^https?://\S+$"
INBOUND, OUTBOUND = " (inbound), ", " (outbound)"
EVENTS = ("message-delivered", "message-failed", "message-sending")
"""What an application that never asked for less is told (vendor interface description)."""


def both_directions(texts: Sequence[str | None]) -> str | None:
    """One value for inbound and outbound, or both told apart where they differ.

    The service answers one setting under up to four names; the older ones stand for both
    directions (vendor interface description, and the alias example in the vendor's guide to
    programmatic setup).
    """
    inbound, outbound, *older = texts
    both = next((text for text in older if text is not None), None)
    inbound, outbound = inbound or both, outbound or both
    if inbound == outbound:
        return inbound or first_given(texts)
    return f"{inbound or 'none'}{INBOUND}{outbound or 'none'}{OUTBOUND}"


def are_apart(text: str) -> bool:
    """Whether `both_directions` told them apart."""
    return INBOUND in text and text.endswith(OUTBOUND)


def first_not_empty(texts: Sequence[str | None]) -> str | None:
    """An empty element says nothing of a direction of which an older name tells."""
    return next((text for text in texts if text), first_given(texts))


def in_direction(direction: str, events: str) -> tuple[Field, ...]:
    """The rows of what goes for one direction only, below `messaging`."""
    group = f"messaging.{direction.lower()}"
    return (
        Field(
            name=f"{group}.callback_url",
            elements=(f"{direction}CallbackUrl",),
            legacy=("CallbackUrl", "MsgCallbackUrl"),
            read=first_not_empty,
            title="Callback URL",
            description=f"An http or https URL that {events} go to.",
            min_length=1,
            pattern=URL,
            format="uri",
            example=f"https://example.com/{direction.lower()}",
        ),
        Field(
            name=f"{group}.callback_credentials.user_id",
            elements=(f"{direction}CallbackCreds/UserId",),
            legacy=("CallbackCreds/UserId", "MsgCallbackCreds/UserId"),
            read=first_not_empty,
            title="User id",
            description=f"User id of the Basic credentials that {events} carry.",
            required=True,
            min_length=6,
            max_length=63,
            example=f"{direction.lower()}-user",
        ),
        Field(
            name=f"{group}.callback_credentials.password",
            elements=(f"{direction}CallbackCreds/Password",),
            legacy=("CallbackCreds/Password",),
            kind=Kind.SECRET,
            title="Password",
            description=f"Password of the Basic credentials that {events} carry; write it as "
            "${NAME}.",
            required=True,
            min_length=6,
            max_length=63,
            example=f"${{{direction.upper()}_PASSWORD}}",
        ),
    )


TYPE = ResourceType(
    name="application",
    section="applications",
    shape=Shape.NAMED,
    title="Applications",
    description="Messaging applications: the callback URL for everything that happens to messages.",
    element="Application",
    id_elements=("ApplicationId",),
    collection="/applications",
    list_answer="ApplicationProvisioningResponse",
    item="/applications/{application}",
    only={"ServiceType": frozenset({"Messaging-V2", "Messaging"})},
    create=Call("POST", "/applications"),
    update=Call("PATCH", "/applications/{application}"),
    replace=Call("PUT", "/applications/{application}"),
    delete=Call("DELETE", "/applications/{application}"),
    not_sent=("ApplicationId",),
    missing_codes=frozenset({"13629"}),
    in_use_codes=frozenset({"12107"}),
    users="/applications/{application}/associatedsippeers",
    groups={
        "callback_credentials": "Basic credentials that the callbacks carry",
        "messaging": "What the newer fields of the service tell apart",
        "messaging.inbound": "Callbacks for messages that come in",
        "messaging.inbound.callback_credentials": "Basic credentials of the inbound callbacks",
        "messaging.outbound": "Callbacks for what becomes of messages that were sent",
        "messaging.outbound.callback_credentials": "Basic credentials of the outbound callbacks",
    },
    fields=(
        Field(
            name="name",
            elements=("AppName",),
            title="Name",
            description="The name in the account, where it is not the key.",
            required=True,
            min_length=1,
            max_length=50,
            example="Production Server",
        ),
        Field(
            name="callback_url",
            elements=("InboundCallbackUrl", "OutboundCallbackUrl"),
            legacy=("CallbackUrl", "MsgCallbackUrl"),
            read=both_directions,
            is_mixed=are_apart,
            title="Callback URL",
            description="An http or https URL that all message events go to, inbound and outbound.",
            needed_to_create=True,
            instead=("messaging.inbound.callback_url", "messaging.outbound.callback_url"),
            min_length=1,
            pattern=URL,
            format="uri",
            example="https://example.com/callbacks",
        ),
        Field(
            name="callback_credentials.user_id",
            elements=("InboundCallbackCreds/UserId", "OutboundCallbackCreds/UserId"),
            legacy=("CallbackCreds/UserId", "MsgCallbackCreds/UserId"),
            read=both_directions,
            is_mixed=are_apart,
            instead=(
                "messaging.inbound.callback_credentials.user_id",
                "messaging.outbound.callback_credentials.user_id",
            ),
            title="User id",
            description="User id of the callbacks' Basic credentials.",
            required=True,
            min_length=6,
            max_length=63,
            example="callback-user",
        ),
        Field(
            name="callback_credentials.password",
            elements=("InboundCallbackCreds/Password", "OutboundCallbackCreds/Password"),
            legacy=("CallbackCreds/Password",),
            kind=Kind.SECRET,
            title="Password",
            description="Password of the callbacks' Basic credentials; write it as ${NAME}.",
            required=True,
            min_length=6,
            max_length=63,
            example="${CALLBACK_PASSWORD}",
        ),
        *in_direction("Inbound", "messages that come in"),
        *in_direction("Outbound", "events of messages that were sent"),
        Field(
            name="messaging.requested_callback_types",
            elements=("RequestedCallbackTypes",),
            kind=Kind.CHOICES,
            choices=EVENTS,
            default=EVENTS,
            title="Requested callback types",
            description="Which events of messages that were sent are told; all of them, where the "
            "account was never told otherwise.",
            example="message-delivered",
        ),
    ),
)
