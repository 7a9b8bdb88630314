from __future__ import annotations

import ssl
from base64 import b64encode
from urllib.request import getproxies_environment

import pytest

from provisioner.account.client import Client
from provisioner.account.connection import connection_from
from provisioner.account.transports import _trust, proxy_for
from tests.account.conftest import ACCOUNT, Say, in_turn, staged

pytestmark = pytest.mark.anyio

HERE = {"BW_API_URL": "http://127.0.0.1:8765"}
BASIC = {"BW_USERNAME": "user-name", "BW_PASSWORD": "api-pass-word-1"}
OAUTH = {"BW_CLIENT_ID": "client", "BW_CLIENT_SECRET": "api-pass-word-1"}


@pytest.mark.parametrize(
    ("environ", "is_read"),
    [
        ({**HERE, **BASIC}, False),
        ({**HERE, **OAUTH}, False),
        ({**HERE, **OAUTH, "BW_TOKEN_URL": "https://id.example.com/token"}, True),
        ({"BW_API_URL": "https://127.0.0.1:8765", **BASIC}, True),
        (BASIC, True),
    ],
    ids=["loopback", "token on loopback", "token elsewhere", "TLS on loopback", "the vendor"],
)
def test_whom_to_trust_is_read_only_where_something_is_asked_over_tls(
    environ: dict[str, str], is_read: bool
) -> None:
    context = _trust(connection_from(environ, ACCOUNT))
    assert bool(context.get_ca_certs()) is is_read
    assert context.verify_mode is ssl.CERT_REQUIRED, "nobody is trusted unasked"


PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://one:3128"}, "http://one:3128"),
        ({"HTTPS_PROXY": "one:3128"}, "http://one:3128"),
        ({"HTTP_PROXY": "http://one:3128"}, None),
        ({"ALL_PROXY": "http://all:3128"}, "http://all:3128"),
        ({"ALL_PROXY": "http://all:3128", "https_proxy": "http://one:3128"}, "http://one:3128"),
        ({"ALL_PROXY": "http://all:3128", "NO_PROXY": "example.com"}, None),
        ({"ALL_PROXY": "http://all:3128", "NO_PROXY": "other.example, .example.com"}, None),
        ({"ALL_PROXY": "http://all:3128", "NO_PROXY": "ample.com"}, "http://all:3128"),
        ({"ALL_PROXY": "http://all:3128", "NO_PROXY": "*"}, None),
        ({"ALL_PROXY": "http://all:3128", "NO_PROXY": "localhost, *"}, None),
        ({"ALL_PROXY": "http://all:3128", "NO_PROXY": "api.example.com:8443"}, None),
        ({"ALL_PROXY": "http://all:3128", "NO_PROXY": "api.example.com:9"}, "http://all:3128"),
    ],
)
def test_the_environment_says_which_proxy_leads_to_a_host(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], proxy: str | None
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("provisioner.account.transports.getproxies", getproxies_environment)
    assert proxy_for("https://api.example.com:8443/sites") == proxy


@pytest.mark.parametrize("spared", ["::1", "[::1]", "[::1]:8443"])
def test_a_host_that_is_a_number_may_be_spared_as_well(
    monkeypatch: pytest.MonkeyPatch, spared: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://all:3128")
    assert proxy_for("https://[::1]:8443/sites") == "http://all:3128"
    monkeypatch.setenv("NO_PROXY", spared)
    assert proxy_for("https://[::1]:8443/sites") is None


async def test_requests_and_those_for_tokens_go_by_the_proxy_of_their_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The proxy is asked for the whole address; the host of the tokens is spared it."""
    async with (
        staged(in_turn(Say(body="<SitesResponse/>"))) as proxy,
        staged(in_turn(Say(body='{"access_token": "tok"}'))) as tokens,
    ):
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("://", "://me:proxy-password@"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        environ = {
            **OAUTH,
            "BW_API_URL": "http://api.example.com",
            "BW_TOKEN_URL": f"{tokens.url}/token",
        }
        connection = connection_from(environ, ACCOUNT, allow_insecure_http=True)
        async with Client(connection) as client:
            await client.get("/sites")
    assert [each.target for each in tokens.asked] == ["/token"]
    assert [each.target for each in proxy.asked] == ["http://api.example.com/api/sites"]
    headers = proxy.asked[0].headers
    assert headers["authorization"] == "Bearer tok"
    assert headers["proxy-authorization"] == f"Basic {b64encode(b'me:proxy-password').decode()}"
