"""What an application of a spec declares of its callbacks, for each direction."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.account.auth import BasicCredentials
from provisioner.model import Resource, Secret

DIRECTIONS = ("inbound", "outbound")


@dataclass(frozen=True, slots=True)
class Declared:
    """`place` is the key that the URL stands under; without credentials the service sends none."""

    direction: str
    url: str
    place: str
    credentials: BasicCredentials | None


def declared_callbacks(application: Resource) -> tuple[Declared, Declared]:
    """The inbound and the outbound ones. What stands for both is told for each."""
    inbound, outbound = (_declared(application, direction) for direction in DIRECTIONS)
    return inbound, outbound


def _declared(application: Resource, direction: str) -> Declared:
    own = f"messaging.{direction}."
    attributes = application.attributes
    place = next((p for p in ("", own) if f"{p}callback_url" in attributes), "") + "callback_url"
    credentials = (_credentials(application, inside) for inside in ("", own))
    return Declared(
        direction,
        str(attributes.get(place, "")),
        place,
        next((each for each in credentials if each is not None), None),
    )


def _credentials(application: Resource, inside: str) -> BasicCredentials | None:
    user = application.attributes.get(f"{inside}callback_credentials.user_id")
    password = application.attributes.get(f"{inside}callback_credentials.password")
    if isinstance(user, str) and isinstance(password, Secret):
        return BasicCredentials(user, password)
    return None
