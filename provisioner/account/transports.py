"""What leads to one host: a proxy, a connection, and whom to trust on it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from provisioner.account.auth import ClientCredentials
from provisioner.account.connection import Connection


def transport_maker(connection: Connection) -> Callable[[str], httpx.AsyncBaseTransport]:
    """What makes a transport of one connection to where a URL leads.

    It and what it returns raise ValueError, ImportError, OSError and httpx.InvalidURL where the
    environment names a proxy or a certificate of no use.
    """
    trust = _trust(connection)
    proxy_of = cache(proxy_for)
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)

    def make(url: str) -> httpx.AsyncBaseTransport:
        # A proxy from the environment is for the way out, not for this machine.
        proxy = None if connection.on_this_machine else proxy_of(url)
        return httpx.AsyncHTTPTransport(verify=trust, proxy=proxy, limits=limits)

    return make


def proxy_for(url: str) -> str | None:
    """The URL of the proxy that leads there, by HTTPS_PROXY, HTTP_PROXY or ALL_PROXY and NO_PROXY.

    As Python reads them: hosts and domains, with a port or without, but no networks.
    """
    parts = urlsplit(url)
    named = getproxies()
    spared = [each.strip() for each in named.get("no", "").split(",")]
    if "*" in spared or proxy_bypass(parts.netloc) or proxy_bypass(parts.hostname or ""):
        return None
    proxy = named.get(parts.scheme) or named.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _trust(connection: Connection) -> ssl.SSLContext:
    """Reading whom to trust takes 11 ms: where nothing is asked over TLS, it is nobody."""
    credentials = connection.credentials
    token_url = credentials.token_url if isinstance(credentials, ClientCredentials) else ""
    if connection.on_this_machine and not f"{connection.origin} {token_url}".count("https://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context(trust_env=not connection.on_this_machine)
