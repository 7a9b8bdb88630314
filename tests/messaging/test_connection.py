from __future__ import annotations

from typing import Any

import pytest

from provisioner.account.auth import BasicCredentials, ClientCredentials
from provisioner.account.connection import Connection
from provisioner.errors import SettingsError
from provisioner.messaging.connection import messaging_connection_from
from provisioner.model import Secret

BASIC = {"BW_USERNAME": "user-name", "BW_PASSWORD": "pass-word"}
OWN = {"BW_MESSAGING_TOKEN": "t-abc", "BW_MESSAGING_SECRET": "s-ecret"}


def connect(environ: dict[str, str], **options: Any) -> Connection:
    return messaging_connection_from(environ, "9900778", **options)


def refused(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        connect(environ)
    return str(caught.value)


def test_without_variables_messages_go_to_the_vendor_with_the_accounts_credentials() -> None:
    connection = connect(BASIC)
    assert connection.api_root == "https://messaging.bandwidth.com/api/v2/users/9900778"
    assert connection.credentials == BasicCredentials("user-name", Secret("", "pass-word"))
    assert connection.credentials_hint == "BW_USERNAME and BW_PASSWORD"
    assert connection.variable == "BW_MESSAGING_URL"


def test_messagings_own_token_and_secret_come_first_and_need_no_others() -> None:
    for environ in (OWN, OWN | BASIC):
        connection = connect(environ)
        assert connection.credentials == BasicCredentials("t-abc", Secret("", "s-ecret"))
        assert connection.credentials_hint == "BW_MESSAGING_TOKEN and BW_MESSAGING_SECRET"
        assert Secret("", "s-ecret") in connection.secrets


def test_client_credentials_serve_both_apis() -> None:
    credentials = connect({"BW_CLIENT_ID": "c-id", "BW_CLIENT_SECRET": "c-secret"}).credentials
    assert isinstance(credentials, ClientCredentials)
    assert credentials.token_url == "https://api.bandwidth.com/api/v1/oauth2/token"


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://h.example", "https://h.example/api/v2/users/9900778"),
        ("https://h.example/", "https://h.example/api/v2/users/9900778"),
        ("https://h.example/v2", "https://h.example/v2/users/9900778"),
        ("https://h.example/v2/", "https://h.example/v2/users/9900778"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/api/v2/users/9900778"),
    ],
)
def test_a_path_of_its_own_stands_for_everything_before_users(url: str, root: str) -> None:
    assert connect({**BASIC, "BW_MESSAGING_URL": url}).api_root == root


def test_the_path_may_name_another_user_than_the_account() -> None:
    connection = connect({**BASIC, "BW_MESSAGING_USER_ID": "u-a/b"})
    assert connection.api_root.endswith("/users/u-a%2Fb")
    assert connection.account == "9900778"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "Credentials are missing"),
        ({"BW_MESSAGING_TOKEN": "t"}, "BW_MESSAGING_TOKEN is set, but BW_MESSAGING_SECRET is not"),
        ({"BW_MESSAGING_SECRET": "s"}, "BW_MESSAGING_SECRET is set, but BW_MESSAGING_TOKEN is not"),
        ({**BASIC, "BW_MESSAGING_URL": "http://h.example"}, "BW_MESSAGING_URL is plain http"),
        ({**BASIC, "BW_MESSAGING_URL": "https://h.example?a=b"}, "no query is expected"),
        ({**BASIC, "BW_MESSAGING_URL": "https://u:p@h.example"}, "carries credentials"),
        (
            {**BASIC, "BW_API_URL": "http://127.0.0.1:8765"},
            "nothing says where messages go. Export BW_MESSAGING_URL",
        ),
    ],
    ids=str,
)
def test_what_is_missing_is_named(environ: dict[str, str], words: str) -> None:
    assert words in refused(environ)
