from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

TYPE = "<ServiceType>Messaging-V2</ServiceType>"
NAME = "<AppName>Server</AppName>"
URL = "<CallbackUrl>https://example.com/in</CallbackUrl>"
CREDS = (
    "<CallbackCreds><UserId>callback-user</UserId><Password>pass-word</Password></CallbackCreds>"
)
URLS = ("CallbackUrl", "MsgCallbackUrl", "InboundCallbackUrl", "OutboundCallbackUrl")
IN = "<InboundCallbackUrl>https://example.com/in</InboundCallbackUrl>"
OUT = "<OutboundCallbackUrl>https://example.com/out</OutboundCallbackUrl>"


def _application(*parts: str) -> str:
    return f"<Application>{''.join(parts)}</Application>"


def test_one_callback_url_is_shown_under_all_its_names(account: Account) -> None:
    made = account.post("/applications", _application(TYPE, NAME, URL, CREDS))
    assert made.status == 201
    assert made.text("ApplicationId") == made.id
    assert {made.text(name) for name in URLS} == {"https://example.com/in"}
    for group in ("CallbackCreds", "InboundCallbackCreds", "OutboundCallbackCreds"):
        assert made.text(f"{group}/UserId") == "callback-user"
    assert made.all("CallbackType") == ["message-delivered", "message-failed", "message-sending"]


def test_a_choice_of_callback_types_is_kept(account: Account) -> None:
    chosen = "<CallbackType>message-failed</CallbackType>"
    types = f"<RequestedCallbackTypes>{chosen}</RequestedCallbackTypes>"
    made = account.post("/applications", _application(TYPE, NAME, URL, types))
    assert made.all("CallbackType") == ["message-failed"]


def test_unknown_elements_are_ignored(account: Account) -> None:
    made = account.post("/applications", _application(TYPE, NAME, URL, "<Colour>red</Colour>"))
    assert (made.status, made.all("Colour")) == (201, [])


def test_two_callback_urls_stay_two_and_the_old_names_show_the_inbound_one(
    account: Account,
) -> None:
    made = account.post("/applications", _application(TYPE, NAME, IN, OUT))
    shown = [made.text(name).rsplit("/", 1)[1] for name in URLS]
    assert shown == ["in", "in", "in", "out"]
    assert made.all("UserId") == []


def test_an_inbound_url_alone_leaves_the_outbound_one_out(account: Account) -> None:
    made = account.post("/applications", _application(TYPE, NAME, IN))
    assert made.all("OutboundCallbackUrl") == []


def test_passwords_are_never_shown(account: Account) -> None:
    made = account.post("/applications", _application(TYPE, NAME, URL, CREDS))
    answers = [made, account.get("/applications"), account.get(f"/applications/{made.id}")]
    assert all(b"callback-user" in answer.body for answer in answers)
    assert not any(b"pass" in answer.body.lower() for answer in answers)


def test_credentials_of_both_directions_stay_apart(account: Account) -> None:
    pair = "<UserId>{0}-user</UserId><Password>{0}-password</Password>"
    made = account.post(
        "/applications",
        _application(
            TYPE,
            NAME,
            IN,
            OUT,
            f"<InboundCallbackCreds>{pair.format('in')}</InboundCallbackCreds>",
            f"<OutboundCallbackCreds>{pair.format('out')}</OutboundCallbackCreds>",
        ),
    )
    assert made.text("InboundCallbackCreds/UserId") == "in-user"
    assert made.text("OutboundCallbackCreds/UserId") == "out-user"
    assert made.all("CallbackCreds") == []


def test_the_old_spelling_of_the_service_type_is_answered_in_the_new_one(account: Account) -> None:
    old = "<ServiceType>Messaging</ServiceType>"
    made = account.post("/applications", _application(old, NAME, URL))
    assert made.text("ServiceType") == "Messaging-V2"


def test_a_voice_application_keeps_its_own_elements(account: Account) -> None:
    voice = (
        "<ServiceType>Voice-V2</ServiceType>",
        "<CallInitiatedCallbackUrl>https://example.com/call</CallInitiatedCallbackUrl>",
        "<CallStatusCallbackUrl>https://example.com/status</CallStatusCallbackUrl>",
        "<CallbackTimeout>20</CallbackTimeout>",
    )
    made = account.post("/applications", _application(NAME, CREDS, *voice))
    assert made.text("CallbackTimeout") == "20"
    assert made.all("InboundCallbackCreds") == []
    off = _application("<CallStatusCallbackUrl>remove</CallStatusCallbackUrl>")
    changed = account.call("PATCH", f"/applications/{made.id}", off)
    assert changed.all("CallStatusCallbackUrl") == []
    assert changed.text("CallInitiatedCallbackUrl") == "https://example.com/call"


def test_a_put_clears_what_it_leaves_out(account: Account) -> None:
    made = account.post("/applications", _application(TYPE, NAME, IN, OUT, CREDS))
    put = account.put(f"/applications/{made.id}", _application(NAME, IN))
    assert put.status == 200
    assert put.text("ServiceType") == "Messaging-V2"
    assert put.all("OutboundCallbackUrl") == []
    assert put.all("CallbackCreds") == []
    assert account.get(f"/applications/{made.id}").body == put.body


def test_a_patch_leaves_what_it_leaves_out(account: Account) -> None:
    made = account.post("/applications", _application(TYPE, NAME, IN, OUT, CREDS))
    named = _application("<AppName>Other</AppName>")
    patched = account.call("PATCH", f"/applications/{made.id}", named)
    assert patched.status == 200
    assert patched.text("AppName") == "Other"
    assert patched.text("OutboundCallbackUrl") == "https://example.com/out"
    assert patched.text("CallbackCreds/UserId") == "callback-user"


def test_a_patch_of_the_inbound_credentials_ends_the_common_ones(account: Account) -> None:
    made = account.post("/applications", _application(TYPE, NAME, URL, CREDS))
    pair = "<UserId>inbound</UserId><Password>inbound-word</Password>"
    body = _application(f"<InboundCallbackCreds>{pair}</InboundCallbackCreds>")
    patched = account.call("PATCH", f"/applications/{made.id}", body)
    assert patched.all("CallbackCreds") == []
    assert patched.text("InboundCallbackCreds/UserId") == "inbound"
    assert patched.text("OutboundCallbackCreds/UserId") == "callback-user"


def test_the_user_of_credentials_may_be_sent_again_without_the_password(account: Account) -> None:
    made = account.post("/applications", _application(TYPE, NAME, URL, CREDS))
    same = "<CallbackCreds><UserId>callback-user</UserId></CallbackCreds>"
    put = account.put(f"/applications/{made.id}", _application(NAME, URL, same))
    assert put.text("CallbackCreds/UserId") == "callback-user"


def test_an_empty_element_of_a_patch_clears_credentials(account: Account) -> None:
    made = account.post("/applications", _application(TYPE, NAME, URL, CREDS))
    patched = account.call("PATCH", f"/applications/{made.id}", _application("<CallbackCreds/>"))
    assert patched.all("UserId") == []


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("12806", (TYPE, URL)),
        ("12801", ("<ServiceType>Fax</ServiceType>", NAME, URL)),
        ("12801", (NAME, URL)),
        ("12802", (TYPE, NAME)),
        ("12802", (TYPE, NAME, OUT)),
        ("12803", (TYPE, NAME, "<CallbackUrl>example.com</CallbackUrl>")),
        ("12803", (TYPE, NAME, "<CallbackUrl>ftp://example.com</CallbackUrl>")),
        ("12803", (TYPE, NAME, "<CallbackUrl>http://[</CallbackUrl>")),
        ("12960", (TYPE, NAME, URL, "<MsgCallbackUrl>https://example.com/b</MsgCallbackUrl>")),
        ("12962", (TYPE, NAME, URL, "<CallbackTimeout>3</CallbackTimeout>")),
        ("12962", ("<ServiceType>Voice-V2</ServiceType>", NAME, URL)),
        ("12977", (TYPE, NAME, URL, "<CallbackCreds><UserId>only-me</UserId></CallbackCreds>")),
        ("12800", (TYPE, NAME, URL, "<CallbackCreds><Password>secret</Password></CallbackCreds>")),
        ("13065", (TYPE, NAME, URL, OUT)),
        ("13066", (TYPE, NAME, URL, CREDS, CREDS.replace("CallbackCreds", "InboundCallbackCreds"))),
        ("1012", (TYPE, NAME, URL, CREDS.replace("pass-word", "short"))),
        ("1011", (TYPE, NAME, URL, CREDS.replace("pass-word", "x" * 64))),
        (
            "1008",
            (
                TYPE,
                NAME,
                URL,
                "<RequestedCallbackTypes><CallbackType>x</CallbackType></RequestedCallbackTypes>",
            ),
        ),
    ],
)
def test_an_application_is_refused(account: Account, code: str, parts: tuple[str, ...]) -> None:
    assert account.post("/applications", _application(*parts)).code == (400, code)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("12964", ("<ServiceType>Voice-V2</ServiceType>", NAME)),
        ("12976", ("<CallbackCreds><UserId>another</UserId></CallbackCreds>",)),
        ("12802", ("<CallbackUrl/>",)),
        ("12806", ("<AppName/>",)),
    ],
)
def test_a_change_is_refused(account: Account, code: str, parts: tuple[str, ...]) -> None:
    made = account.post("/applications", _application(TYPE, NAME, URL, CREDS))
    path = f"/applications/{made.id}"
    before = account.get(path).body
    assert account.call("PATCH", path, _application(*parts)).code == (400, code)
    assert account.get(path).body == before


def test_the_list_has_every_application_and_names_may_repeat(open_account: Open) -> None:
    account = open_account()
    assert account.get("/applications").names("ApplicationList") == []
    ids = [account.application(), account.application()]
    assert account.get("/applications").all("ApplicationId") == ids


def test_an_unknown_application_is_13629(account: Account) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/associatedsippeers")):
        assert account.call(method, f"/applications/nope{path}").code == (404, "13629")


def test_a_deleted_application_is_gone(account: Account) -> None:
    application = account.application()
    deleted = account.delete(f"/applications/{application}")
    assert (deleted.status, deleted.body) == (200, b"")
    assert account.get(f"/applications/{application}").code == (404, "13629")


def test_an_application_in_use_is_not_deleted_and_names_its_users(
    account: Account, sippeer: str
) -> None:
    application = account.application()
    account.sms(sippeer)
    account.assign(sippeer, application)
    refused = account.delete(f"/applications/{application}")
    assert refused.code == (409, "12107")
    assert "Raleigh/East" in refused.text("Description")
    users = account.get(f"/applications/{application}/associatedsippeers")
    assert users.text("AssociatedSipPeer/PeerId") == sippeer.rsplit("/", 1)[1]
    assert users.text("AssociatedSipPeer/SiteName") == "Raleigh"
