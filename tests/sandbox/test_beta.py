from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.sandbox.settings import Login

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

FEATURES = "/products/messaging/features"
PROXY = "<ProxyPeerId>539692</ProxyPeerId>"


@pytest.fixture
def beta(open_account: Open) -> Account:
    second = Login("1000001", "second", "pw-2", "client-2", "secret-2", "token-2", "secret-2")
    return open_account(dialect="beta", user_id="u-abc123", accounts=(second,))


@pytest.fixture
def peer(beta: Account) -> str:
    return beta.sippeer(beta.site())


def _sms(proxy: str = f"<HttpSettings>{PROXY}</HttpSettings>", **changed: str) -> str:
    settings = {"TollFree": "true", "ShortCode": "true", "Protocol": "HTTP", "Zone1": "true"}
    settings |= {f"Zone{n}": "false" for n in range(2, 6)}
    parts = "".join(f"<{k}>{v}</{k}>" for k, v in (settings | changed).items())
    inner = f"<SipPeerSmsFeatureSettings>{parts}</SipPeerSmsFeatureSettings>{proxy}"
    return f"<SipPeerSmsFeature>{inner}</SipPeerSmsFeature>"


def _mms(proxy: str = PROXY, protocol: str = "<protocol>HTTP</protocol>") -> str:
    http = f"<Protocols><HTTP><HttpSettings>{proxy}</HttpSettings></HTTP></Protocols>"
    return f"<MmsFeature><MmsSettings>{protocol}</MmsSettings>{http}</MmsFeature>"


def test_the_guide_leads_to_a_delivered_message(beta: Account, peer: str) -> None:
    assert beta.post(f"{peer}{FEATURES}/sms", _sms()).text("ProxyPeerId") == "539692"
    mms = beta.post(f"{peer}{FEATURES}/mms", _mms())
    assert (mms.text("protocol"), mms.text("proxyPeerId")) == ("HTTP", "539692")
    application = beta.application()
    assert beta.assign(peer, application).status == 200
    number = beta.numbers(peer, 1)[0]
    body = {"from": number, "to": "9195551212", "text": "Hi", "applicationId": application}
    url = f"{beta.server.url}/v2/users/u-abc123/messages"
    sent = httpx.post(url, json=body, auth=("sandbox-token", "sandbox-messaging"))
    assert sent.status_code == 202
    assert list(sent.json()) == [
        *("id", "owner", "applicationId", "time", "direction", "to", "from", "text")
    ]
    assert sent.json()["to"] == ["+19195551212"]
    beta.clock.advance(1)
    found = beta.http.get(url, params={"messageId": sent.json()["id"]}).json()
    assert [each["messageStatus"] for each in found["messages"]] == ["DELIVERED"]


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("1003", _sms("<HttpSettings/>")),
        ("1003", _sms("")),
        ("1008", _sms("<HttpSettings><ProxyPeerId>1</ProxyPeerId></HttpSettings>")),
        ("1008", _sms(Protocol="SMPP")),
        ("1008", _sms(Zone1="false")),
        ("1008", _sms(Zone4="true")),
        ("1003", "<SipPeerSmsFeature/>"),
    ],
)
def test_sms_is_refused(beta: Account, peer: str, code: str, body: str) -> None:
    assert beta.post(f"{peer}{FEATURES}/sms", body).code == (400, code)


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("1003", _mms("")),
        ("1008", _mms("<ProxyPeerId>1</ProxyPeerId>")),
        ("1003", _mms(protocol="<Protocol>HTTP</Protocol>")),
        ("1008", _mms(protocol="<protocol>MM4</protocol>")),
        ("1003", "<MmsFeature/>"),
    ],
)
def test_mms_is_refused(beta: Account, peer: str, code: str, body: str) -> None:
    beta.post(f"{peer}{FEATURES}/sms", _sms())
    assert beta.post(f"{peer}{FEATURES}/mms", body).code == (400, code)


def test_an_application_has_the_one_url_and_its_credentials(beta: Account) -> None:
    kind = "<ServiceType>Messaging-V2</ServiceType><AppName>A</AppName>"
    url = "<CallbackUrl>https://example.com</CallbackUrl>"
    creds = (
        "<CallBackCreds><UserId>user-1</UserId><Password>secret-1</Password></CallBackCreds>"
        "<RequestedCallbackTypes/>"
    )
    made = beta.post("/applications", f"<Application>{kind}{url}{creds}</Application>")
    assert made.names("Application") == [
        *("ApplicationId", "ServiceType", "AppName", "CallbackUrl", "CallbackCreds")
    ]
    assert made.all("Password") == []
    assert beta.get(f"/applications/{made.id}").body == made.body
    renamed = f"<Application><AppName>B</AppName>{url}</Application>"
    put = beta.put(f"/applications/{made.id}", renamed)
    assert (put.text("AppName"), put.all("CallbackCreds")) == ("B", [])


def test_what_came_after_the_beta_is_unknown(beta: Account) -> None:
    name, url = "<AppName>A</AppName>", "<InboundCallbackUrl>https://a.example</InboundCallbackUrl>"
    for service, code in (("Messaging-V2", "12802"), ("Voice-V2", "12801")):
        body = f"<Application><ServiceType>{service}</ServiceType>{name}{url}</Application>"
        assert beta.post("/applications", body).code == (400, code)


def test_the_path_names_the_user(beta: Account) -> None:
    for user, auth, status in (
        ("u-abc123", ("sandbox", "sandbox-password"), 200),
        ("9900778", ("sandbox", "sandbox-password"), 403),
        ("1000001", ("token-2", "secret-2"), 200),
        ("u-abc123", ("token-2", "secret-2"), 403),
    ):
        url = f"{beta.server.url}/v2/users/{user}/media"
        assert httpx.get(url, auth=auth).status_code == status
    assert beta.http.get("/api/v2/users/u-abc123/media").status_code == 404


def test_an_order_names_its_sippeer(beta: Account, peer: str) -> None:
    _, _, site, _, _ = peer.split("/")
    kind = "<AreaCode>910</AreaCode><Quantity>1</Quantity>"
    body = f"<AreaCodeSearchAndOrderType>{kind}</AreaCodeSearchAndOrderType>"
    order = f"<Order>{body}<SiteId>{site}</SiteId></Order>"
    assert beta.post("/orders", order).code == (400, "1003")
