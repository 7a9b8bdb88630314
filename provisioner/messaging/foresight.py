"""What a spec alone tells about messages that will fail; the account is not asked. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.errors import Problem, Severity
from provisioner.messaging.callback_urls import unreachable
from provisioner.messaging.declared_callbacks import declared_callbacks
from provisioner.model import Address, DesiredState, Resource

MORE = "`provisioner verify` examines the rest."


def expected_trouble(desired: DesiredState, *, from_here: bool) -> tuple[Problem, ...]:
    """Warnings, in the order of the spec. `from_here`: the account is on this machine."""
    return tuple(
        problem
        for resource in desired.resources.values()
        for problem in _trouble_with(resource, desired, from_here=from_here)
    )


def _trouble_with(
    resource: Resource, desired: DesiredState, *, from_here: bool
) -> Iterator[Problem]:
    address = resource.address
    places = {each.place: each.url for each in declared_callbacks(resource) if each.url}
    for place, url in places.items():
        if reason := unreachable(url, from_here=from_here):
            yield Problem(
                Severity.WARNING,
                "callback-unreachable",
                "Callbacks will not arrive",
                f"{address}: {reason} Declare the URL of your own server. {MORE}",
                desired.origin(address, place),
            )
    if address.type == "sippeer" and _lacks_application(address, desired):
        yield Problem(
            Severity.WARNING,
            "no-application",
            "Messages will not be delivered",
            f"{address} has numbers, but no `application:`. Messages from there are accepted and "
            f"never heard of again. {MORE}",
            desired.origin(address),
        )


def _lacks_application(address: Address, desired: DesiredState) -> bool:
    linked = Address("messaging_application", address.path) in desired.resources
    return _has_numbers(address, desired) and not linked


def _has_numbers(address: Address, desired: DesiredState) -> bool:
    return any(
        each.type == "numbers" and each.path[:-1] == address.path for each in desired.resources
    )
