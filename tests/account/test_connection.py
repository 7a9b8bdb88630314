from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from provisioner.account.auth import BasicCredentials, ClientCredentials
from provisioner.account.connection import Connection, connection_from
from provisioner.errors import SettingsError
from provisioner.model import Secret

BASIC = {"BW_USERNAME": "user-name", "BW_PASSWORD": "pass-word"}
OAUTH = {"BW_CLIENT_ID": "client-id", "BW_CLIENT_SECRET": "client-secret"}


def connect(environ: Mapping[str, str], **options: Any) -> Connection:
    return connection_from(environ, "9900778", **options)


def refused(environ: Mapping[str, str], **options: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        connect(environ, **options)
    return str(caught.value)


def test_without_variables_it_is_the_vendors_account_api_version_1() -> None:
    connection = connect(BASIC)
    assert connection.api_root == "https://dashboard.bandwidth.com/api"
    assert connection.identity == "https://dashboard.bandwidth.com"
    assert connection.credentials == BasicCredentials("user-name", Secret("", "pass-word"))
    assert connection.credentials_hint == "BW_USERNAME and BW_PASSWORD"
    assert not connection.on_this_machine


def test_a_name_stands_for_an_origin_that_changes_with_every_run() -> None:
    connection = connect({**BASIC, "BW_API_URL": "http://127.0.0.1:4711"}, name="sandbox")
    assert connection.identity == "sandbox"
    assert connection.origin == "http://127.0.0.1:4711"
    assert connection.on_this_machine


@pytest.mark.parametrize(
    ("version", "root"), [("", "/api"), ("v1", "/api"), ("v2", "/api/v2")], ids=["", "v1", "v2"]
)
def test_the_version_decides_where_the_api_is(version: str, root: str) -> None:
    connection = connect({**BASIC, "BW_API_VERSION": version, "BW_API_URL": "https://h.example/"})
    assert connection.api_root == f"https://h.example{root}"


@pytest.mark.parametrize("version", ["v3", "2", "V1"])
def test_an_unknown_version_is_refused(version: str) -> None:
    assert f"BW_API_VERSION is {version!r}" in refused({**BASIC, "BW_API_VERSION": version})


def test_both_kinds_of_credentials_mean_client_credentials() -> None:
    credentials = connect(BASIC | OAUTH).credentials
    assert isinstance(credentials, ClientCredentials)
    assert (credentials.client_id, credentials.client_secret.reveal()) == (
        "client-id",
        "client-secret",
    )
    assert connect(OAUTH).credentials_hint == "BW_CLIENT_ID and BW_CLIENT_SECRET"


def test_missing_credentials_are_told_with_both_ways_out() -> None:
    told = refused({})
    for way_out in (*BASIC, *OAUTH, "--sandbox"):
        assert way_out in told
    assert "Only" not in told


@pytest.mark.parametrize("name", [*BASIC, *OAUTH])
def test_one_of_a_pair_is_not_enough(name: str) -> None:
    told = refused({name: "some-thing"})
    assert f"Only {name} is set." in told
    assert "some-thing" not in told


def test_halves_of_two_pairs_are_not_credentials() -> None:
    told = refused({"BW_CLIENT_ID": "client-id", "BW_PASSWORD": "pass-word"})
    assert "Only BW_CLIENT_ID and BW_PASSWORD is set." in told


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert isinstance(connect({**BASIC, "BW_CLIENT_ID": ""}).credentials, BasicCredentials)
    assert "Only BW_USERNAME is set" in refused({**BASIC, "BW_PASSWORD": ""})


@pytest.mark.parametrize("url", ["http://api.example", "http://192.168.0.1:8080"])
def test_plain_http_is_refused_beyond_this_machine(url: str) -> None:
    told = refused({**BASIC, "BW_API_URL": url})
    assert "BW_API_URL is plain http" in told
    assert "--allow-insecure-http" in told
    assert connect({**BASIC, "BW_API_URL": url}, allow_insecure_http=True).origin == url


@pytest.mark.parametrize(
    "url",
    [
        "https://dashboard.bandwidth.com/",
        "HTTPS://Dashboard.Bandwidth.COM",
        "https://dashboard.bandwidth.com:443",
    ],
)
def test_an_origin_has_one_spelling_so_that_all_runs_ask_for_one_lease(url: str) -> None:
    assert connect({**BASIC, "BW_API_URL": url}).identity == "https://dashboard.bandwidth.com"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8765", "[::1]:8765"])
def test_plain_http_is_good_enough_on_this_machine(host: str) -> None:
    assert connect({**BASIC, "BW_API_URL": f"http://{host}"}).origin == f"http://{host}"


@pytest.mark.parametrize("host", ["localhost.example", "127.0.0.1.example", "127.0.0.11"])
def test_a_host_that_only_looks_local_is_not(host: str) -> None:
    assert "plain http" in refused({**BASIC, "BW_API_URL": f"http://{host}"})


@pytest.mark.parametrize("rest", ["/api", "/api/v2/", "?x=1", "/?x=1"])
def test_an_address_of_the_api_has_no_path(rest: str) -> None:
    assert "only scheme, host and port" in refused({**BASIC, "BW_API_URL": f"https://h{rest}"})


@pytest.mark.parametrize(
    "url",
    [
        "dashboard.bandwidth.com",
        "ftp://h",
        "https://",
        "https://h:port",
        "https://h:99999",
        "https://xn--a",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    told = refused({**BASIC, "BW_API_URL": url})
    assert "BW_API_URL is" in told
    assert repr(url) in told


@pytest.mark.parametrize("form", ["https://{}@h", "https://{}@h:port", "ftp://{}@h", "{}@h"])
@pytest.mark.parametrize("name", ["BW_API_URL", "BW_TOKEN_URL"])
def test_credentials_in_an_address_are_refused_and_not_shown(name: str, form: str) -> None:
    told = refused({**OAUTH, name: form.format("user:s3cret")})
    assert f"{name} carries credentials" in told
    assert "s3cret" not in told


@pytest.mark.parametrize(
    ("origin", "token_url"),
    [
        ("https://dashboard.bandwidth.com", "https://api.bandwidth.com/api/v1/oauth2/token"),
        ("https://test.dashboard.bandwidth.com", "https://api.bandwidth.com/api/v1/oauth2/token"),
        ("https://bandwidth.com", "https://api.bandwidth.com/api/v1/oauth2/token"),
        ("https://evilbandwidth.com", "https://evilbandwidth.com/api/v1/oauth2/token"),
        ("https://bandwidth.com.evil", "https://bandwidth.com.evil/api/v1/oauth2/token"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/api/v1/oauth2/token"),
    ],
)
def test_tokens_come_from_the_vendor_for_its_hosts_and_else_from_the_origin(
    origin: str, token_url: str
) -> None:
    credentials = connect({**OAUTH, "BW_API_URL": origin}).credentials
    assert isinstance(credentials, ClientCredentials)
    assert credentials.token_url == token_url


def test_a_token_url_of_ones_own_may_have_a_path_and_must_be_https() -> None:
    own = "https://tokens.example/realm/token"
    credentials = connect({**OAUTH, "BW_TOKEN_URL": own}).credentials
    assert isinstance(credentials, ClientCredentials)
    assert credentials.token_url == own
    insecure = {**OAUTH, "BW_TOKEN_URL": "http://tokens.example/token"}
    assert "BW_TOKEN_URL is plain http" in refused(insecure)
    assert connect(insecure, allow_insecure_http=True).credentials != credentials


def test_options_are_carried_along() -> None:
    connection = connect(BASIC, timeout=3.5, user_agent="me/1")
    assert (connection.timeout, connection.user_agent) == (3.5, "me/1")


def test_all_that_must_not_be_shown_is_gathered() -> None:
    more = Secret("X", "call-back-secret")
    kept = [each.reveal() for each in connect(BASIC, secrets=[more]).secrets]
    assert kept == ["pass-word", "call-back-secret"]
    assert [each.reveal() for each in connect(OAUTH | BASIC).secrets] == ["client-secret"]


def test_no_secret_shows_in_the_representation_of_a_connection() -> None:
    for environ in (BASIC, OAUTH):
        shown = repr(connect(environ, secrets=[Secret("X", "call-back-secret")]))
        assert not any(each in shown for each in ("pass-word", "client-secret", "call-back-secret"))
