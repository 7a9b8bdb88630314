"""Callbacks that are told apart by direction, on one application that is there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

IN, OUT = "https://example.com/in", "https://example.com/out"
CREDENTIALS = {"user_id": "callback-user", "password": "${CALLBACK_PASSWORD}"}
OTHERS = {"user_id": "another-user", "password": "${CALLBACK_PASSWORD}"}
ELEMENTS = (
    "InboundCallbackUrl",
    "OutboundCallbackUrl",
    "InboundCallbackCreds/UserId",
    "OutboundCallbackCreds/UserId",
)


@pytest.fixture
def application(cli: Cli, declare: Declare, account: Account) -> Any:
    """`application(body)`: applies a spec with that one application; gives what was sent."""

    def apply(body: Mapping[str, Any]) -> list[str]:
        def only(spec: dict[str, Any]) -> None:
            del spec["sites"]
            spec["applications"] = {"Alerts": body}

        account.log.clear()
        declare(only)
        ran = cli("apply", "--yes")
        assert ran.code == 0, ran.everything
        assert cli("plan", "--detailed-exitcode").code == 0
        assert cli("plan", "--json").document["summary"]["no_op"] == 1
        return [entry.request.decode() for entry in account.writes]

    return apply


def directions(
    inbound: str = IN,
    outbound: str = OUT,
    credentials: Mapping[str, str] = CREDENTIALS,
) -> dict[str, Any]:
    return {
        "inbound": {"callback_url": inbound, "callback_credentials": CREDENTIALS},
        "outbound": {"callback_url": outbound, "callback_credentials": credentials},
    }


def told(account: Account) -> list[str]:
    return [account.text(account.application, element) for element in ELEMENTS]


def test_both_directions_are_created_apart(account: Account, application: Any) -> None:
    types = {"requested_callback_types": ["message-failed"]}
    (sent,) = application({"messaging": directions(credentials=OTHERS) | types})
    assert "<CallbackUrl>" not in sent
    assert told(account) == [IN, OUT, "callback-user", "another-user"]
    assert account.texts(account.application, "RequestedCallbackTypes") == ["message-failed"]


def test_one_direction_changes_and_the_other_is_not_sent(
    account: Account, application: Any
) -> None:
    application({"messaging": directions()})
    (sent,) = application({"messaging": directions(inbound="https://example.com/new")})
    assert "<InboundCallbackUrl>https://example.com/new<" in sent
    assert "Outbound" not in sent
    assert told(account) == ["https://example.com/new", OUT, "callback-user", "callback-user"]


def test_a_user_of_one_direction_changes_with_its_password_alone(
    account: Account, application: Any
) -> None:
    application({"messaging": directions()})
    (sent,) = application({"messaging": directions(credentials=OTHERS)})
    assert "Inbound" not in sent
    assert "<UserId>another-user</UserId>" in sent
    assert told(account) == [IN, OUT, "callback-user", "another-user"]


def test_directions_alike_are_as_good_as_one_url(account: Account, application: Any) -> None:
    (sent,) = application({"messaging": directions(IN, IN)})
    assert "<CallbackUrl>" in sent
    assert "Inbound" not in sent
    assert application({"callback_url": IN, "callback_credentials": CREDENTIALS}) == []


def test_directions_apart_come_together_again(account: Account, application: Any) -> None:
    application({"messaging": directions(credentials=OTHERS)})
    application({"callback_url": OUT, "callback_credentials": CREDENTIALS})
    assert told(account) == [OUT, OUT, "callback-user", "callback-user"]


def test_what_one_url_stands_for_is_not_declared_beside_it(cli: Cli, declare: Declare) -> None:
    def both(spec: dict[str, Any]) -> None:
        spec["applications"]["Production Server"]["messaging"] = {"outbound": {"callback_url": OUT}}

    declare(both)
    ran = cli("validate")
    assert ran.code == 1
    assert "`callback_url` (" in ran.everything
    assert "stands for `messaging.inbound.callback_url` and" in " ".join(ran.everything.split())


def test_a_new_application_needs_the_url_of_one_direction_at_least(
    cli: Cli, declare: Declare, account: Account
) -> None:
    def outbound_only(spec: dict[str, Any]) -> None:
        del spec["sites"]
        body = {"messaging": {"outbound": {"callback_url": OUT}}}
        spec["applications"] = {"Alerts": body}

    declare(outbound_only)
    ran = cli("apply", "--yes")
    assert ran.code == 1
    assert "`callback_url` or `messaging.inbound.callback_url`" in " ".join(ran.everything.split())
    assert account.writes == []


@pytest.mark.parametrize("types", [[], ["message-read"], "message-failed"])
def test_only_callback_types_that_there_are_can_be_asked_for(
    cli: Cli, declare: Declare, types: object
) -> None:
    def change(spec: dict[str, Any]) -> None:
        messaging = {"requested_callback_types": types}
        spec["applications"]["Production Server"]["messaging"] = messaging

    declare(change)
    assert cli("validate").code == 1
