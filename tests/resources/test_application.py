"""An application's callback URL and credentials go by several names; they are read as one."""

import pytest

from provisioner.account.items import is_of_type, read_attributes
from provisioner.account.templates import environment, render
from provisioner.account.xml import Tree, as_tree, parse
from provisioner.model import Attributes, Secret
from provisioner.resources import resource_types
from provisioner.resources.application import both_directions

TYPE = resource_types()["application"]

URL = "https://example.com/cb"
IN, OUT = "https://example.com/in", "https://example.com/out"
NAMES = ("CallbackUrl", "MsgCallbackUrl", "InboundCallbackUrl", "OutboundCallbackUrl")


def read(inner: str) -> dict[str, object]:
    item = parse(f"<Application>{inner}</Application>".encode())
    return dict(read_attributes(item, TYPE, {}))


@pytest.mark.parametrize(
    ("answer", "url"),
    [
        ({"CallbackUrl": URL}, URL),
        ({"MsgCallbackUrl": URL}, URL),
        (dict.fromkeys(NAMES, URL), URL),
        (
            dict.fromkeys(NAMES, IN) | {"OutboundCallbackUrl": OUT},
            f"{IN} (inbound), {OUT} (outbound)",
        ),
        ({"InboundCallbackUrl": IN}, f"{IN} (inbound), none (outbound)"),
        ({"OutboundCallbackUrl": OUT}, f"none (inbound), {OUT} (outbound)"),
        ({"InboundCallbackUrl": URL, "OutboundCallbackUrl": "", "MsgCallbackUrl": URL}, URL),
        ({"callbackURL": f" {URL}\n"}, URL),
        ({"CallbackUrl": ""}, ""),
        ({"AppName": "Alerts"}, None),
    ],
    ids=[
        "the guide's name",
        "the name of 2019",
        "all names, one value",
        "all names, two values",
        "inbound only",
        "outbound only",
        "outbound empty, older name given",
        "another spelling, with space",
        "empty",
        "none",
    ],
)
def test_every_answer_gives_one_callback_url(answer: dict[str, str], url: str | None) -> None:
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in answer.items())
    assert read(inner).get("callback_url") == url


@pytest.mark.parametrize(
    ("answer", "user_id"),
    [
        ({"CallbackCreds": "user-1"}, "user-1"),
        ({"MsgCallbackCreds": "user-1"}, "user-1"),
        (
            {
                "CallbackCreds": "user-1",
                "InboundCallbackCreds": "user-1",
                "OutboundCallbackCreds": "user-1",
            },
            "user-1",
        ),
        (
            {"InboundCallbackCreds": "user-1", "OutboundCallbackCreds": "user-2"},
            "user-1 (inbound), user-2 (outbound)",
        ),
        ({}, None),
    ],
    ids=["the guide's name", "the name of 2019", "all names", "two values", "none"],
)
def test_every_answer_gives_one_user_id(answer: dict[str, str], user_id: str | None) -> None:
    inner = "".join(f"<{name}><UserId>{text}</UserId></{name}>" for name, text in answer.items())
    assert read(inner).get("callback_credentials.user_id") == user_id


def test_credentials_without_a_user_id_are_none() -> None:
    assert read("<CallbackCreds/>") == {}


def test_a_password_that_the_service_echoes_is_not_read() -> None:
    """The guide's answer to a create shows it; others do not."""
    echoed = "<UserId>user-1</UserId><Password>hunter2-hunter2</Password>"
    found = read(f"<CallbackCreds>{echoed}</CallbackCreds>")
    assert set(found.values()) == {"user-1"}


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ((None, None, None, None), None),
        (("a", "a", None, None), "a"),
        ((None, None, "a", None), "a"),
        ((None, None, None, "a"), "a"),
        (("a", None, "a", None), "a"),
        ((None, "b", "a", None), "a (inbound), b (outbound)"),
        (("a", "b", "a", "a"), "a (inbound), b (outbound)"),
        (("a", "", None, None), "a (inbound), none (outbound)"),
        (("", "", "", ""), ""),
    ],
    ids=str,
)
def test_older_names_stand_for_a_direction_that_has_none(
    texts: tuple[str | None, ...], value: str | None
) -> None:
    assert both_directions(texts) == value


@pytest.mark.parametrize(
    ("inner", "is_one"),
    [
        ("<ServiceType>Messaging-V2</ServiceType>", True),
        ("<ServiceType>Messaging</ServiceType>", True),
        ("<ServiceType>Voice-V2</ServiceType>", False),
        ("", True),
    ],
    ids=["Messaging-V2", "Messaging", "Voice-V2", "not told"],
)
def test_voice_applications_are_none_of_ours(inner: str, is_one: bool) -> None:
    assert is_of_type(parse(f"<Application>{inner}</Application>".encode()), TYPE) is is_one


CREDENTIALS: Attributes = {
    "callback_credentials.user_id": "user-1",
    "callback_credentials.password": Secret("PASSWORD", "hunter2-hunter2"),
}
SENT = {"UserId": "user-1", "Password": "hunter2-hunter2"}


@pytest.mark.parametrize(
    ("live", "sent"),
    [
        (
            {"CallbackUrl": URL, "CallbackCreds": {"UserId": "x"}},
            {"CallbackUrl": URL, "CallbackCreds": SENT},
        ),
        (
            {"CallbackUrl": OUT, "InboundCallbackUrl": OUT, "OutboundCallbackUrl": OUT},
            {"CallbackUrl": URL, "CallbackCreds": SENT},
        ),
        (
            {"InboundCallbackUrl": IN, "OutboundCallbackUrl": OUT},
            {
                "InboundCallbackUrl": URL,
                "InboundCallbackCreds": SENT,
                "OutboundCallbackUrl": URL,
                "OutboundCallbackCreds": SENT,
            },
        ),
    ],
    ids=["one name", "both directions alike", "directions apart"],
)
def test_an_update_writes_one_family_of_names(live: Tree, sent: Tree) -> None:
    """A mixture is refused by the service (errors 13065 and 13066)."""
    attributes: Attributes = {"callback_url": URL, **CREDENTIALS}
    body = render(environment(), TYPE, attributes, {}, {}, live)
    assert as_tree(body) == sent


def test_an_update_sends_only_what_it_is_given() -> None:
    body = render(environment(), TYPE, {"name": "Alerts"}, {}, {}, {"CallbackUrl": URL})
    assert as_tree(body) == {"AppName": "Alerts"}


def creds(name: str) -> Attributes:
    group = f"messaging.{name}.callback_credentials"
    secret = Secret("PASSWORD", "hunter2-hunter2")
    return {f"{group}.user_id": "user-1", f"{group}.password": secret}


def split(inbound: str = IN, outbound: str = OUT) -> Attributes:
    return {
        "messaging.inbound.callback_url": inbound,
        "messaging.outbound.callback_url": outbound,
    }


BOTH_CREDENTIALS = {"InboundCallbackCreds": SENT, "OutboundCallbackCreds": SENT}


@pytest.mark.parametrize(
    ("attributes", "live", "sent"),
    [
        (split(), {"CallbackUrl": ""}, {"InboundCallbackUrl": IN, "OutboundCallbackUrl": OUT}),
        (split(URL, URL), {"CallbackUrl": OUT}, {"CallbackUrl": URL}),
        (
            {**split(URL, URL), **creds("inbound"), **creds("outbound")},
            {"CallbackUrl": OUT},
            {"CallbackUrl": URL, "CallbackCreds": SENT},
        ),
        (
            {**split(URL, URL), **creds("inbound")},
            {"CallbackUrl": OUT},
            {
                "InboundCallbackUrl": URL,
                "InboundCallbackCreds": SENT,
                "OutboundCallbackUrl": URL,
            },
        ),
        (
            {**split(), **CREDENTIALS},
            {"CallbackUrl": OUT},
            {"InboundCallbackUrl": IN, "OutboundCallbackUrl": OUT, **BOTH_CREDENTIALS},
        ),
        (
            {"messaging.inbound.callback_url": IN},
            {"InboundCallbackUrl": OUT, "OutboundCallbackUrl": OUT, "CallbackUrl": OUT},
            {"InboundCallbackUrl": IN},
        ),
        (
            {"messaging.inbound.callback_url": IN},
            {"CallbackUrl": OUT},
            {"InboundCallbackUrl": IN, "OutboundCallbackUrl": OUT},
        ),
        (
            {"callback_url": URL, **creds("inbound")},
            {"CallbackUrl": URL},
            {
                "InboundCallbackUrl": URL,
                "InboundCallbackCreds": SENT,
                "OutboundCallbackUrl": URL,
            },
        ),
    ],
    ids=[
        "directions apart",
        "directions alike",
        "directions alike, with credentials",
        "credentials of one direction only",
        "directions apart, credentials of both",
        "one direction, the other is left alone",
        "one direction, the other keeps what an older name said",
        "one URL, credentials of one direction",
    ],
)
def test_directions_apart_are_written_in_one_family(
    attributes: Attributes, live: Tree, sent: Tree
) -> None:
    assert as_tree(render(environment(), TYPE, attributes, {}, {}, live)) == sent


def test_each_direction_is_read_by_itself() -> None:
    found = read(
        f"<CallbackUrl>{IN}</CallbackUrl><InboundCallbackUrl>{IN}</InboundCallbackUrl>"
        f"<OutboundCallbackUrl>{OUT}</OutboundCallbackUrl>"
    )
    assert found["messaging.inbound.callback_url"] == IN
    assert found["messaging.outbound.callback_url"] == OUT


def test_an_older_name_tells_of_a_direction_that_is_empty() -> None:
    found = read(f"<CallbackUrl>{URL}</CallbackUrl><InboundCallbackUrl/>")
    assert found["messaging.inbound.callback_url"] == URL
    assert found["messaging.outbound.callback_url"] == URL


def test_requested_callback_types_are_read_in_any_order() -> None:
    listed = (
        "<CallbackType>message-sending</CallbackType><CallbackType>message-failed\n</CallbackType>"
    )
    found = read(f"<RequestedCallbackTypes>{listed}</RequestedCallbackTypes>")
    assert found == {"messaging.requested_callback_types": ("message-failed", "message-sending")}
