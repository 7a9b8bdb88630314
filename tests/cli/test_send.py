"""`send` as users and pipelines meet it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from provisioner.sandbox.failures.faults import Fault
from tests.cli.conftest import Account, Cli, Declare, OpenAccount, OpenTerminal, Ran, lead_to

ONE, OTHER, ABROAD = "+12345678902", "+12345678903", "+522345678902"
EAST = "Raleigh/Messaging East"


@pytest.fixture
def sender(account: Account, cli: Cli, declare: Declare) -> str:
    """The number of the spec's location; the spec is `provisioner.yaml`."""
    declare()
    assert cli("apply", "--yes", "--quiet").code == 0
    return f"+1{account.text(f'{account.sippeer}/tns', 'FullNumber')}"


def posted(account: Account) -> list[dict[str, Any]]:
    return [
        json.loads(entry.request)
        for entry in account.log
        if entry.method == "POST" and entry.target.endswith("/messages")
    ]


def document(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = ran.document
    return found


def test_a_location_of_the_spec_sends_from_its_number_with_its_application(
    account: Account, cli: Cli, sender: str
) -> None:
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "Hey", "--tag", "mine")
    assert (ran.code, ran.err) == (0, "")
    assert posted(account) == [
        {
            "to": [ONE],
            "from": sender,
            "text": "Hey",
            "applicationId": account.application.removeprefix("/applications/"),
            "tag": "mine",
        }
    ]
    assert ran.out.splitlines()[0].endswith(": accepted")


def test_a_number_sends_with_the_application_of_its_location(
    account: Account, cli: Cli, sender: str
) -> None:
    assert cli("send", "--from", sender.removeprefix("+1"), "--to", ONE, "--text", "a").code == 0
    (body,) = posted(account)
    assert body["from"] == sender
    assert body["applicationId"] == account.application.removeprefix("/applications/")


def test_without_a_tag_one_is_made_up_and_shown(account: Account, cli: Cli, sender: str) -> None:
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a", "--json")
    (body,) = posted(account)
    assert body["tag"].startswith("bwp-")
    assert document(ran)["request"] == body


def test_the_application_may_be_a_key_of_the_spec_or_an_id(
    account: Account, cli: Cli, sender: str
) -> None:
    identity = account.application.removeprefix("/applications/")
    for said in ("Production Server", identity):
        assert (
            cli("send", "--from", EAST, "--to", ONE, "--text", "a", "--application", said).code == 0
        )
    assert [body["applicationId"] for body in posted(account)] == [identity, identity]


def test_number_and_application_given_messaging_alone_is_asked(
    account: Account, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BW_USERNAME", "BW_PASSWORD"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("BW_ACCOUNT_ID", account.settings.account)
    monkeypatch.setenv("BW_MESSAGING_TOKEN", account.settings.messaging_token)
    monkeypatch.setenv("BW_MESSAGING_SECRET", account.settings.messaging_secret)
    application = "93de2206-9669-4e07-948d-329f4b722ee2"
    ran = cli(
        "send", "--from", "+12345678901", "--application", application, "--to", ONE, "--text", "a"
    )
    assert ran.code == 0
    assert [entry.method for entry in account.log] == ["POST"]


@pytest.mark.parametrize(
    ("recipients", "code", "states"),
    [
        ([ONE], 0, ["delivered"]),
        ([ONE, OTHER], 0, ["delivered", "delivered"]),
        ([ONE, ABROAD], 1, ["delivered", "failed"]),
    ],
    ids=["one", "group", "failing"],
)
def test_the_exit_code_tells_what_became_of_it(
    recipients: list[str], code: int, states: list[str], cli: Cli, sender: str
) -> None:
    to = [word for each in recipients for word in ("--to", each)]
    ran = cli("send", "--from", EAST, *to, "--text", "a", "--wait", "--json")
    assert ran.code == code
    assert [each["state"] for each in document(ran)["recipients"]] == states


def test_a_failure_is_explained_with_what_to_do(cli: Cli, sender: str) -> None:
    ran = cli("send", "--from", EAST, "--to", ABROAD, "--text", "a", "--wait")
    assert ran.code == 1
    assert "failed with 4432" in ran.out
    assert "The recipient's country is not open to this account." in ran.out
    (receipt,) = document(
        cli("send", "--from", EAST, "--to", ABROAD, "--text", "a", "--wait", "--json")
    )["recipients"]
    assert (receipt["error_code"], receipt["advice"] is not None) == (4432, True)


def test_what_is_still_open_when_patience_ends_is_told_by_the_exit_code(
    open_account: OpenAccount, cli: Cli, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_to(open_account(message_delay=3600.0), monkeypatch)
    declare()
    cli("apply", "--yes", "--quiet")
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a", "--wait", "--wait-timeout", "0")
    assert ran.code == 3
    assert f"{ONE}  open" in ran.out


def test_the_text_may_come_by_standard_input(
    account: Account, cli: Cli, sender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("two\nlines\n"))
    assert cli("send", "--from", EAST, "--to", ONE).code == 0
    assert posted(account)[0]["text"] == "two\nlines"


def test_standard_input_that_is_no_text_is_refused(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a\xff"), encoding="utf-8"))
    ran = cli("send", "--from", ONE, "--to", OTHER)
    assert ran.code == 1
    assert "Standard input is not UTF-8." in ran.err


def test_on_a_terminal_a_missing_text_is_an_error_and_nothing_is_waited_for(
    terminal: OpenTerminal,
) -> None:
    session = terminal("send", "--from", ONE, "--to", OTHER, BW_ACCOUNT_ID="1")
    session.wait_for("A message needs a text or media.")
    assert session.finish() == 1


def test_a_dry_run_shows_the_request_and_sends_nothing(
    account: Account, cli: Cli, sender: str, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    options = ["--from", EAST, "--to", ONE, "--tag", "t", "--media-file", "a.png"]
    shown = document(cli("send", *options, "--dry-run"))
    assert shown["url"] == f"{account.server.url}/api/v2/users/9900778/messages"
    assert shown["segments"] == {"count": 1, "encoding": "MMS"}
    assert [each.method for each in account.log if "/users/" in each.target] == []
    cli("send", *options)
    assert posted(account) == [shown["request"]]


def test_media_of_this_machine_is_uploaded_and_named_after_that_given_by_url(
    account: Account, cli: Cli, sender: str, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    url = "https://dev.bandwidth.com/images/bandwidth-logo.png"
    ran = cli(
        *("send", "--from", EAST, "--to", ONE, "--media-file", "a.png", "--media", url, "--wait")
    )
    assert ran.code == 0
    first, second = posted(account)[0]["media"]
    assert first == url
    assert second.startswith(f"{account.server.url}/api/v2/users/9900778/media/bwp-")


def test_everything_that_is_wrong_is_told_at_once_before_anything_is_asked(
    untouched_account: Account, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = cli(
        *("send", "--from", "x", "--to", "y", "--text", "", "--priority", "z", "--expiration", "u"),
        *("--media-file", "nothing.png", "--json"),
    )
    assert ran.code == 1
    assert [each["code"] for each in document(ran)["problems"]] == [
        "message-from",
        "message-to",
        "message-priority",
        "message-expiration",
        "message-media",
    ]
    assert [*untouched_account.log] == []


def test_what_only_the_real_sender_shows_is_refused_before_anything_is_sent(
    account: Account, cli: Cli, sender: str
) -> None:
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a", "--priority", "high")
    assert ran.code == 1
    assert f"which {sender} is" in ran.err
    assert posted(account) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--from", "Raleigh/West"],
            "The spec has no sippeer 'Raleigh/West'; it has: Raleigh/Mess",
        ),
        (["--from", EAST, "--application", "X"], "The spec has no application 'X'"),
        (["--from", "+19105550000"], "+19105550000 is on no location of account 9900778"),
    ],
    ids=["sippeer", "application", "number"],
)
def test_a_sender_that_cannot_be_found_is_told_with_the_way_out(
    options: list[str], words: str, cli: Cli, sender: str
) -> None:
    ran = cli("send", *options, "--to", ONE, "--text", "a")
    assert ran.code == 1
    assert words in " ".join(ran.err.split())


def test_a_location_without_number_or_application_cannot_send(
    account: Account, cli: Cli, declare: Declare, at_location: Any
) -> None:
    declare(at_location({"numbers": None}))
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a")
    assert "is not in the account yet. Apply the spec first." in " ".join(ran.err.split())
    cli("apply", "--yes", "--quiet")
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a")
    assert f"{EAST} has no number to send from" in ran.err
    declare(at_location({"application": None}))
    cli("apply", "--yes", "--quiet")
    account.call(
        "PUT",
        f"{account.messaging}/applicationSettings",
        "<ApplicationsSettings>REMOVE</ApplicationsSettings>",
    )
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a")
    assert f"{EAST} has no application" in ran.err


def test_a_tag_that_looks_like_personal_data_is_warned_about_and_sent(
    account: Account, cli: Cli, sender: str
) -> None:
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a", "--tag", "ann@example.com")
    assert ran.code == 0
    assert "personal-data-in-tag" in ran.err
    assert len(posted(account)) == 1


def test_a_lost_answer_is_found_in_the_list(account: Account, cli: Cli, sender: str) -> None:
    account.faults.add(Fault("drop-after", method="POST", path="/messages"))
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a", "--wait")
    assert ran.code == 0
    assert "the list of messages has it" in ran.out
    assert len(posted(account)) == 1


def test_what_the_list_does_not_show_is_not_sent_again(
    account: Account, cli: Cli, sender: str
) -> None:
    account.faults.add(Fault("drop-before", method="POST", path="/messages"))
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a", "--settle", "0", "--json")
    assert ran.code == 3
    told = document(ran)
    assert (told["posted"], told["id"]) == ("unknown", None)
    assert told["request"]["tag"] in told["reason"]
    assert len([each for each in account.log if each.target.endswith("/messages")]) == 1


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "accepted"])
def test_without_a_list_of_messages_what_was_sent_stays_open(
    lost: bool, account: Account, cli: Cli, sender: str
) -> None:
    if lost:
        account.faults.add(Fault("drop-after", method="POST", path="/messages"))
    account.faults.add(Fault("status-before", method="GET", path="/messages", nth=None, status=403))
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a", "--wait", "--json")
    assert ran.code == 3
    assert document(ran)["posted"] == ("unknown" if lost else "accepted")
    assert "HTTP 403" in ran.everything
    assert len(posted(account)) == 1


def test_what_may_be_it_is_named(account: Account, cli: Cli, sender: str) -> None:
    before = document(cli("send", "--from", EAST, "--to", ONE, "--text", "other", "--json"))
    account.faults.add(Fault("drop-before", method="POST", path="/messages"))
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a", "--settle", "0", "--json")
    assert ran.code == 3
    assert document(ran)["possible_ids"] == [before["id"]]


def test_a_refusal_of_the_service_is_told(account: Account, cli: Cli, sender: str) -> None:
    body = b'{"type": "request-validation", "description": "No such thing"}'
    account.faults.add(
        Fault("status-before", method="POST", path="/messages", status=400, body=body)
    )
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "a")
    assert ran.code == 1
    assert "refused, nothing was sent" in ran.out
    assert "HTTP 400" in ran.out


def test_the_embedded_account_delivers_without_credentials(cli: Cli, declare: Declare) -> None:
    declare()
    cli("apply", "--sandbox", "--yes", "--quiet")
    ran = cli(
        "send", "--sandbox", "--from", EAST, "--to", ONE, "--to", OTHER, "--text", "a", "--wait"
    )
    assert ran.code == 0
    assert f"{OTHER}  delivered" in ran.out


def test_without_spec_and_account_it_says_what_is_missing(cli: Cli) -> None:
    ran = cli("send", "--from", ONE, "--to", OTHER, "--text", "a")
    assert ran.code == 1
    assert "export BW_ACCOUNT_ID, or write `account:` into a spec" in ran.err


def test_no_secret_of_messaging_is_shown_with_all_traces(
    account: Account, cli: Cli, sender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BW_MESSAGING_TOKEN", account.settings.messaging_token)
    monkeypatch.setenv("BW_MESSAGING_SECRET", account.settings.messaging_secret)
    secret = account.settings.messaging_secret
    body = f'{{"type": "x", "description": "you sent {secret}"}}'.encode()
    account.faults.add(
        Fault("status-before", method="POST", path="/messages", status=400, body=body)
    )
    ran = cli("send", "--from", EAST, "--to", ONE, "--text", "Hey", "-vv", "--timeout", "5")
    assert ran.code == 1
    assert '"text": "Hey"' in ran.err
    assert "Basic " not in ran.everything
    assert "you sent (secret)" in " ".join(ran.out.split())
    assert secret not in ran.everything
