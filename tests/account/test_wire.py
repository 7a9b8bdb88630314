from __future__ import annotations

import ssl

import pytest

from provisioner.account.connection import connection_from
from provisioner.account.wire import _trust

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
    context = _trust(connection_from(environ, "9900778"))
    assert bool(context.get_ca_certs()) is is_read
    assert context.verify_mode is ssl.CERT_REQUIRED, "nobody is trusted unasked"
