"""Where the account is and who is asking: from environment variables to a Connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx

from provisioner.account.auth import BasicCredentials, ClientCredentials, Credentials
from provisioner.errors import SettingsError
from provisioner.model import Secret

DEFAULT_ORIGIN = "https://dashboard.bandwidth.com"
VENDOR_TOKEN_URL = "https://api.bandwidth.com/api/v1/oauth2/token"  # noqa: S105 -- an address
VENDOR_DOMAIN = "bandwidth.com"
API_ROOTS = {"v1": "/api", "v2": "/api/v2"}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Connection:
    """`origin` is scheme, host and port; `timeout` is seconds for one call.

    `root` is the path of an API that has no version of its own, and `variable` what its address
    was given by.

    `identity` is the name that plans know this API by: its origin, unless that means nothing from
    one run to the next, as the port of an embedded account does.
    """

    origin: str
    account: str
    credentials: Credentials
    version: str = "v1"
    timeout: float = 30.0
    user_agent: str = "bandwidth-provisioner"
    name: str = ""
    secrets: tuple[Secret, ...] = ()
    root: str = ""
    variable: str = "BW_API_URL"

    @property
    def identity(self) -> str:
        return self.name or self.origin

    @property
    def on_this_machine(self) -> bool:
        return urlsplit(self.origin).hostname in LOOPBACK

    @property
    def api_root(self) -> str:
        return self.origin + (self.root or API_ROOTS[self.version])

    @property
    def credentials_hint(self) -> str:
        if isinstance(self.credentials, ClientCredentials):
            return "BW_CLIENT_ID and BW_CLIENT_SECRET"
        if self.credentials.password.name == "BW_MESSAGING_SECRET":
            return "BW_MESSAGING_TOKEN and BW_MESSAGING_SECRET"
        return "BW_USERNAME and BW_PASSWORD"


def connection_from(
    environ: Mapping[str, str],
    account: str,
    *,
    timeout: float = 30.0,
    allow_insecure_http: bool = False,
    user_agent: str = "bandwidth-provisioner",
    name: str = "",
    secrets: Iterable[Secret] = (),
) -> Connection:
    """`secrets` are more values that no message may show, beside the credentials.

    Raises SettingsError, naming what is missing and where it would be taken from.
    """
    origin = _origin(environ.get("BW_API_URL") or DEFAULT_ORIGIN, allow_insecure_http)
    version = environ.get("BW_API_VERSION") or "v1"
    if version not in API_ROOTS:
        raise SettingsError(f"BW_API_VERSION is {version!r}; it can be v1 or v2.")
    credentials = credentials_from(environ, origin, allow_insecure_http=allow_insecure_http)
    return Connection(
        origin=origin,
        account=account,
        credentials=credentials,
        version=version,
        timeout=timeout,
        user_agent=user_agent,
        name=name,
        secrets=(secret_of(credentials), *secrets),
    )


def secret_of(credentials: Credentials) -> Secret:
    if isinstance(credentials, BasicCredentials):
        return credentials.password
    return credentials.client_secret


def _origin(url: str, allow_insecure_http: bool) -> str:
    parts = checked_url("BW_API_URL", url, allow_insecure_http)
    if parts.path.strip("/") or parts.query:
        raise SettingsError(
            f"BW_API_URL is {url!r}; only scheme, host and port are expected, because the paths "
            "are known."
        )
    # One spelling: the lease and the journal know the API by it.
    host = httpx.URL(url).netloc.decode()
    return f"{parts.scheme}://{host}"


def checked_url(name: str, url: str, allow_insecure_http: bool) -> SplitResult:
    """The parts of an address that credentials may be sent to. Raises SettingsError."""
    if "@" in url:
        # Before anything else, because every other message shows the address.
        raise SettingsError(f"{name} carries credentials; give them in variables of their own.")
    try:
        parts = urlsplit(url)
        _ = parts.port, httpx.URL(url).host
    except (ValueError, httpx.InvalidURL):
        raise SettingsError(f"{name} is not an address: {url!r}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{name} is {url!r}; an address such as {DEFAULT_ORIGIN} is expected.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_insecure_http:
        raise SettingsError(
            f"{name} is plain http, which would send the credentials in the clear to "
            f"{parts.hostname}. Use https, or add --allow-insecure-http if that is meant."
        )
    return parts


def credentials_from(
    environ: Mapping[str, str], origin: str, *, allow_insecure_http: bool
) -> Credentials:
    """Those of the account. `origin` is that of the numbers API, which may give the tokens too.

    Raises SettingsError where there are none.
    """
    client_id, client_secret = environ.get("BW_CLIENT_ID"), environ.get("BW_CLIENT_SECRET")
    if client_id and client_secret:
        token_url = environ.get("BW_TOKEN_URL") or _token_url(origin)
        checked_url("BW_TOKEN_URL", token_url, allow_insecure_http)
        return ClientCredentials(client_id, Secret("BW_CLIENT_SECRET", client_secret), token_url)
    username, password = environ.get("BW_USERNAME"), environ.get("BW_PASSWORD")
    if username and password:
        return BasicCredentials(username, Secret("BW_PASSWORD", password))
    names = ("BW_CLIENT_ID", "BW_CLIENT_SECRET", "BW_USERNAME", "BW_PASSWORD")
    given = [name for name in names if environ.get(name)]
    found = f" Only {' and '.join(given)} is set." if given else ""
    raise SettingsError(
        "Credentials are missing: export BW_CLIENT_ID and BW_CLIENT_SECRET, or BW_USERNAME and "
        f"BW_PASSWORD.{found} To try without an account, add --sandbox."
    )


def _token_url(origin: str) -> str:
    """The vendor's own host has its tokens elsewhere; any other gives its own."""
    return VENDOR_TOKEN_URL if is_vendors(origin) else f"{origin}/api/v1/oauth2/token"


def is_vendors(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    return host == VENDOR_DOMAIN or host.endswith(f".{VENDOR_DOMAIN}")
