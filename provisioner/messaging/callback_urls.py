"""Whether the service can reach a callback URL, as far as the URL itself tells. Pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

PLACEHOLDERS = frozenset(
    {"example.com", "example.net", "example.org", "yoursecuresite.com", "google.com"}
)
"""Hosts of examples: the vendor's guides, and those that the vendor's command-line tool refuses."""
VENDOR = "bandwidth.com"
NOWHERE = (".example", ".internal", ".invalid", ".lan", ".local", ".localhost", ".test")
LOWEST_FREE_PORT = 1024


LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def unreachable(url: str, *, from_here: bool) -> str:
    """Why callbacks to it would not arrive, as a sentence; "" where nothing speaks against it.

    `from_here` is whether the account itself is on this machine, as a sandbox is.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        return f"{url} is not a URL."
    if parts.scheme not in ("http", "https") or not host:
        return f"{url} is not an http or https URL."
    if from_here and host in LOOPBACK:
        return ""
    return _of_host(host) or _of_port(parts, port)


def is_in_the_clear(url: str) -> bool:
    """Whether others can read along, credentials included."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def _of_host(host: str) -> str:
    if _is_within(host, PLACEHOLDERS) or _is_within(host, {VENDOR}):
        return f"{host} is a placeholder: nobody there waits for your callbacks."
    if host == "localhost" or host.endswith(NOWHERE) or not _is_public(host):
        return f"{host} is not a public host: the service cannot reach it."
    return ""


def _is_within(host: str, domains: frozenset[str] | set[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host


def _of_port(parts: SplitResult, port: int | None) -> str:
    """80, 443 and 1024 or above are open (vendor guide to callbacks)."""
    if port is None or port in (80, 443) or port >= LOWEST_FREE_PORT:
        return ""
    return (
        f"Port {port} of {parts.hostname} is not one that the service calls: 80, 443, 1024 and up."
    )
