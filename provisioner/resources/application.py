"""A messaging application: where the service posts what happens to messages."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.resource_type import Call, Field, Kind, ResourceType, Shape

INBOUND, OUTBOUND = " (inbound), ", " (outbound)"


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
        return inbound
    return f"{inbound or 'none'}{INBOUND}{outbound or 'none'}{OUTBOUND}"


def are_apart(text: str) -> bool:
    """Whether `both_directions` told them apart."""
    return INBOUND in text and text.endswith(OUTBOUND)


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
    delete_blockers={
        "12107": "A location still uses it: give that another application, or none, first.",
    },
    users="/applications/{application}/associatedsippeers",
    groups={"callback_credentials": "Basic credentials that the callbacks carry"},
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
            min_length=1,
            pattern=r"^https?://\S+$",
            format="uri",
            example="https://example.com/callbacks",
        ),
        Field(
            name="callback_credentials.user_id",
            elements=("InboundCallbackCreds/UserId", "OutboundCallbackCreds/UserId"),
            legacy=("CallbackCreds/UserId", "MsgCallbackCreds/UserId"),
            read=both_directions,
            is_mixed=are_apart,
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
    ),
)
