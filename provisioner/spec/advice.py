"""What is possible and yet probably not meant: warnings about what all files declare together."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from provisioner.errors import Problem
from provisioner.spec.declarations import Declarations
from provisioner.spec.problems import warning
from provisioner.spec.wording import key_quoted

PLACEHOLDERS = ("example.com", "example.net", "example.org", "yoursecuresite.com")
RESERVED = ("example", "invalid", "localhost", "test")
"""Top-level domains that lead nowhere (RFC 2606)."""


def advice(declared: Declarations) -> Iterator[Problem]:
    yield from _beyond_guidelines(declared)
    yield from _placeholder_urls(declared)


def _beyond_guidelines(declared: Declarations) -> Iterator[Problem]:
    """One warning a type, at the first resource that is too many."""
    for resource_type in declared.types.values():
        most = resource_type.guideline
        found = [each for each in declared.resources if each.type == resource_type.name]
        if most is None or len(found) <= most:
            continue
        section = resource_type.section
        detail = (
            f"There are {len(found):,} {section}, and the vendor advises at most {most} for an"
            " account. Ask the vendor before you apply this, or spread them over several accounts."
        )
        yield warning(f"too-many-{section}", detail, declared.origins[found[most], ""])


def _placeholder_urls(declared: Declarations) -> Iterator[Problem]:
    for address, resource in declared.resources.items():
        for name, value in resource.attributes.items():
            if name.endswith("_url") and isinstance(value, str) and _leads_nowhere(value):
                detail = (
                    f"{key_quoted(name)} leads to a host that stands in documentation only."
                    " Write the URL of your own server."
                )
                yield warning("placeholder-url", detail, declared.origins[address, name])


def _leads_nowhere(url: str) -> bool:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    is_placeholder = any(host == each or host.endswith(f".{each}") for each in PLACEHOLDERS)
    return is_placeholder or host.rpartition(".")[2] in RESERVED
