"""Where messages go and who sends them: from environment variables to a Connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from provisioner.account.auth import BasicCredentials, Credentials
from provisioner.account.connection import (
    DEFAULT_ORIGIN,
    Connection,
    checked_url,
    credentials_from,
    is_vendors,
    secret_of,
)
from provisioner.errors import SettingsError
from provisioner.model import Secret

DEFAULT_URL = "https://messaging.bandwidth.com"
PATH = "/api/v2"


def messaging_connection_from(
    environ: Mapping[str, str],
    account: str,
    *,
    timeout: float = 30.0,
    allow_insecure_http: bool = False,
    user_agent: str = "bandwidth-provisioner",
    name: str = "",
    secrets: Iterable[Secret] = (),
) -> Connection:
    """A connection whose paths begin at `/messages` and `/media`.

    BW_MESSAGING_URL with a path of its own stands for all that comes before `/users/`. Without
    credentials of its own messaging takes those of the account (vendor guides: the older ones have
    a token and a secret for it, the newer ones do not).

    Raises SettingsError, naming what is missing and where it would be taken from.
    """
    numbers_url = environ.get("BW_API_URL") or DEFAULT_ORIGIN
    url = environ.get("BW_MESSAGING_URL")
    if not url and not is_vendors(numbers_url):
        # Credentials of a test account are not for the vendor's own host, nor are its messages.
        raise SettingsError(
            f"BW_API_URL leads to {numbers_url}, but nothing says where messages go. Export "
            f"BW_MESSAGING_URL; the vendor's is {DEFAULT_URL}."
        )
    parts = checked_url("BW_MESSAGING_URL", url or DEFAULT_URL, allow_insecure_http)
    if parts.query or parts.fragment:
        raise SettingsError(f"BW_MESSAGING_URL is {url!r}; no query is expected in it.")
    numbers = checked_url("BW_API_URL", numbers_url, allow_insecure_http)
    credentials = _own_credentials(environ) or credentials_from(
        environ,
        f"{numbers.scheme}://{numbers.netloc}",
        allow_insecure_http=allow_insecure_http,
    )
    user = environ.get("BW_MESSAGING_USER_ID") or account
    return Connection(
        origin=f"{parts.scheme}://{parts.netloc}",
        account=account,
        credentials=credentials,
        timeout=timeout,
        user_agent=user_agent,
        name=name,
        secrets=(secret_of(credentials), *secrets),
        root=f"{parts.path.rstrip('/') or PATH}/users/{quote(user, safe='')}",
        variable="BW_MESSAGING_URL",
    )


def _own_credentials(environ: Mapping[str, str]) -> Credentials | None:
    names = ("BW_MESSAGING_TOKEN", "BW_MESSAGING_SECRET")
    token, secret = (environ.get(name) for name in names)
    if token and secret:
        return BasicCredentials(token, Secret("BW_MESSAGING_SECRET", secret))
    if token or secret:
        given, missing = names if token else names[::-1]
        raise SettingsError(f"{given} is set, but {missing} is not. Export both or neither.")
    return None
