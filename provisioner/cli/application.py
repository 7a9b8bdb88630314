"""Whose callbacks are taken: an application of a spec, or what the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.account.auth import BasicCredentials
from provisioner.errors import SettingsError
from provisioner.messaging.declared_callbacks import declared_callbacks
from provisioner.model import DesiredState, Secret

USER, PASSWORD = "BW_CALLBACK_USER_ID", "BW_CALLBACK_PASSWORD"


@dataclass(frozen=True, slots=True)
class Called:
    """`label` is "" without a spec. Without credentials anybody may call. `bare` are the directions
    that the service sends without credentials although the other has some."""

    label: str
    accepted: tuple[BasicCredentials, ...]
    bare: tuple[str, ...] = ()


def called_of_spec(desired: DesiredState, label: str) -> Called:
    """The application of this label; without one, the only one that there is.

    Raises SettingsError.
    """
    found = {
        address.path[0]: resource
        for address, resource in desired.resources.items()
        if address.type == "application"
    }
    if not found:
        raise SettingsError("The spec declares no application that could be called back.")
    named = label or (next(iter(found)) if len(found) == 1 else "")
    if named not in found:
        known = ", ".join(sorted(found))
        wrong = f"There is no application {label!r}" if label else "Say which --application"
        raise SettingsError(f"{wrong}; the spec declares: {known}.")
    callbacks = declared_callbacks(found[named])
    accepted = tuple(dict.fromkeys(each.credentials for each in callbacks if each.credentials))
    bare = tuple(each.direction for each in callbacks if accepted and not each.credentials)
    return Called(named, accepted, bare)


def called_of_environment(environ: Mapping[str, str]) -> Called:
    """Raises SettingsError where one half of the credentials is missing."""
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if bool(user) != bool(password):
        missing = PASSWORD if user else USER
        raise SettingsError(f"{missing} is missing; {USER} and {PASSWORD} go together.")
    return Called("", (BasicCredentials(user, Secret(PASSWORD, password)),) if user else ())
