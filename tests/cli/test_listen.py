"""`provisioner listen`, called by a sandbox over loopback: nothing is lost or counted twice."""

from __future__ import annotations

import json
import signal
import sqlite3
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.sandbox.outgoing.callbacks import SPACING
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings
from tests.sandbox.callbacks.conftest import PASSWORD, USER, Caller, Control, Receiver, point
from tests.sandbox.conftest import Account, Clock, Sender

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Declare, Process, Start

CREDENTIALS = {"BW_CALLBACK_USER_ID": USER, "BW_CALLBACK_PASSWORD": PASSWORD}
FRIENDS = ["+19195551212", "+19195551213"]
MEDIA = ["https://example.com/logo.png"]
EVENT = {"type": "message-received", "to": "+1", "message": {"id": "a", "from": "+2", "text": "Hi"}}


@pytest.fixture
def caller() -> Iterator[Caller]:
    """A sandbox whose time stands still, so that it calls again only when it is told to."""
    clock = Clock()
    settings = Settings(now=clock, callbacks=True, segments_per_second=1e6, message_delay=0.0)
    with Server(settings) as server:
        account = Account(server, settings, clock)
        yield Caller(Sender(account), Control(account))
        account.http.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    opened = Receiver()
    yield opened
    opened.close()


@pytest.fixture
def listen(start: Start, tmp_path: Path) -> Callable[..., tuple[Process, dict[str, Any]]]:
    """Starts a listener, and says what its ready line says."""

    def started(*options: str, port: int = 0, **environ: str) -> tuple[Process, dict[str, Any]]:
        store = str(tmp_path / "events.sqlite3")
        process = start(
            *("listen", "--json", "--port", str(port), "--store", store, *options),
            **(environ or CREDENTIALS),
        )
        return process, json.loads(process.line())

    return started


Listen = Callable[..., tuple["Process", dict[str, Any]]]


def kept(folder: Path) -> list[tuple[str, str, str, int]]:
    """Message, type, recipient and repeats of what is on disk."""
    with closing(sqlite3.connect(folder / "events.sqlite3")) as file:
        return file.execute("SELECT message, type, recipient, repeats FROM events").fetchall()


def keys_of(events: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(each["message"]["id"], each["type"], each["to"]) for each in events]


def test_delivery_is_followed_through_the_challenge_repeats_and_disorder(
    caller: Caller, listen: Listen, tmp_path: Path
) -> None:
    listening, ready = listen()
    point(caller.sender, f"{ready['url']}/callbacks")
    for rule in (
        "CALLBACK /message-delivered repeat=2",
        "CALLBACK /message-sending delay=5",
    ):
        assert caller.control.call("POST", "/faults", rule=rule).status_code == 204
    sent = caller.send(to=FRIENDS, media=MEDIA, tag="mine").json()
    caller.control.when(lambda found: sum(not each["due"] for each in found) == 2)
    caller.control.advance(5)
    calls = caller.control.ended(4)
    assert [each["status"] for each in calls[-1]["attempts"]] == [401, 204] * 3
    shown = [json.loads(listening.line()) for _ in range(4)]
    assert {each["type"] for each in shown} == {"event"}
    assert [each["sequence"] for each in shown] == [1, 2, 3, 4]
    events = [each["event"] for each in shown]
    assert [each["type"] for each in events] == ["message-delivered"] * 2 + ["message-sending"] * 2
    assert {each["to"] for each in events} == set(FRIENDS)
    assert {(each["message"]["id"], each["message"]["tag"]) for each in events} == {
        (sent["id"], "mine")
    }
    listening.send(signal.SIGINT)
    ran = listening.finish()
    assert ran.code == 0
    assert ran.document == {
        "type": "stopped",
        "events": 4,
        "messages": 1,
        "repeats": 4,
        "waiting": 0,
    }
    assert sorted(each[3] for each in kept(tmp_path)) == [0, 0, 2, 2]


def test_a_listener_that_is_killed_loses_nothing_and_counts_nothing_twice(
    caller: Caller, listen: Listen, receiver: Receiver, tmp_path: Path
) -> None:
    count = 40
    listening, ready = listen("--forward", receiver.url)
    port = httpx.URL(ready["url"]).port
    point(caller.sender, f"{ready['url']}/callbacks")
    sent = [caller.sender.send().json()["id"] for _ in range(count)]
    for wait in SPACING[:2]:
        caller.control.advance(wait)
        listening.line()
        listening.send(signal.SIGKILL)
        assert listening.finish().code == -signal.SIGKILL
        listening, _ = listen("--forward", receiver.url, port=port)
    for wait in SPACING[:4]:
        caller.control.when(
            lambda found: all(each["attempts"] for each in found) and len(found) == count
        )
        caller.control.advance(wait)
    told = caller.control.ended(count)
    assert {each["outcome"] for each in told} == {"delivered"}
    expected = sorted((each, "message-delivered", "+19195551212") for each in sent)
    assert sorted(each[:3] for each in kept(tmp_path)) == expected
    passed_on: set[tuple[str, str, str]] = set()
    while passed_on != set(expected):
        passed_on.update(keys_of([receiver.next().event]))
    listening.send(signal.SIGTERM)
    ran = listening.finish()
    assert ran.code == 0
    ended = ran.lines[-1]
    assert (ended["events"], ended["messages"], ended["waiting"]) == (count, count, 0)


def test_the_applications_credentials_come_from_the_spec(declare: Declare, start: Start) -> None:
    declare()
    listening = start("listen", "--application", "Production Server", "--json", "--port", "0")
    ready = json.loads(listening.line())
    assert ready["application"] == "Production Server"
    assert ready["store"] == ".provisioner/events.sqlite3"
    assert httpx.post(ready["url"], json=EVENT).status_code == 401
    auth = ("callback-user", "callback-password-1")
    assert httpx.post(ready["url"], json=EVENT, auth=auth).status_code == 204
    event = json.loads(listening.line())
    assert event["event"] == EVENT
    listening.send(signal.SIGINT)
    ran = listening.finish()
    assert "callback-password-1" not in ran.everything
    assert Path(".provisioner/events.sqlite3").stat().st_mode & 0o077 == 0


def _by_direction(*directions: str) -> Callable[[dict[str, Any]], None]:
    """The application has credentials of their own for these directions."""

    def change(spec: dict[str, Any]) -> None:
        password = "${CALLBACK_PASSWORD}"
        spec["applications"]["Production Server"] = {
            "callback_url": "https://hooks.acme.io/x",
            "messaging": {
                each: {"callback_credentials": {"user_id": f"{each}-user", "password": password}}
                for each in directions
            },
        }

    return change


def test_the_credentials_of_both_directions_are_taken(declare: Declare, start: Start) -> None:
    declare(_by_direction("inbound", "outbound"))
    listening = start("listen", ".", "--json", "--port", "0")
    url = json.loads(listening.line())["url"]
    for user, status in {"inbound-user": 204, "outbound-user": 204, "other-user": 401}.items():
        auth = (user, "callback-password-1")
        assert httpx.post(url, json=EVENT, auth=auth).status_code == status
    listening.send(signal.SIGINT)
    assert "no credentials for" not in listening.finish().err


def test_a_direction_without_credentials_beside_one_with_some_is_told(
    declare: Declare, start: Start
) -> None:
    declare(_by_direction("inbound"))
    listening = start("listen", ".", "--json", "--port", "0")
    listening.line()
    listening.send(signal.SIGINT)
    told = " ".join(listening.finish().err.split())
    assert "The spec declares no credentials for outbound callbacks." in told


def test_a_file_that_is_none_of_events_stays_as_it_was(cli: Cli, declare: Declare) -> None:
    spec = declare()
    spec.chmod(0o644)
    before = spec.read_bytes()
    assert cli("listen", "--port", "0", "--store", "provisioner.yaml").code == 1
    assert spec.stat().st_mode & 0o777 == 0o644
    assert spec.read_bytes() == before
    assert sorted(each.name for each in spec.parent.iterdir()) == ["provisioner.yaml"]


def test_lines_for_people_show_the_beginning_of_a_text(start: Start) -> None:
    listening = start("listen", "--port", "0", **CREDENTIALS)
    listening.wait_for_told("Listening at ")
    url = listening._told.split("Listening at ")[1].split("; ")[0]
    message = {"id": "a", "from": "+2", "text": "something private and long"}
    httpx.post(url, json={**EVENT, "message": message}, auth=(USER, PASSWORD))
    line = listening.line()
    _, kind, *told = line.rstrip().split("  ")
    assert (kind, told[-3:]) == (
        "message-received",
        ["from +2", '"something private a…"', "id a"],
    )
    listening.send(signal.SIGINT)
    ran = listening.finish()
    assert "Kept in .provisioner/events.sqlite3: 1 event of 1 message." in ran.err
    assert ran.out == ""


def test_what_was_kept_before_is_shown_only_when_asked_for(listen: Listen) -> None:
    first, ready = listen()
    httpx.post(ready["url"], json=EVENT, auth=(USER, PASSWORD))
    first.line()
    first.send(signal.SIGINT)
    first.finish()
    second, ready = listen("--replay")
    assert json.loads(second.line())["event"] == EVENT
    second.send(signal.SIGINT)
    second.finish()
    third, ready = listen()
    third.send(signal.SIGINT)
    assert [each["type"] for each in third.finish().lines] == ["stopped"]


def test_events_that_are_older_than_wanted_are_deleted(listen: Listen, tmp_path: Path) -> None:
    first, ready = listen()
    httpx.post(ready["url"], json=EVENT, auth=(USER, PASSWORD))
    first.line()
    first.send(signal.SIGINT)
    first.finish()
    second, _ = listen("--keep-days", "0")
    second.send(signal.SIGINT)
    second.finish()
    assert kept(tmp_path) == []


def test_what_still_waits_to_be_passed_on_is_told(
    listen: Listen, start: Start, tmp_path: Path
) -> None:
    first, ready = listen("--forward", "http://127.0.0.1:1/")
    httpx.post(ready["url"], json=EVENT, auth=(USER, PASSWORD))
    first.wait_for_told("Events cannot be passed on to http://127.0.0.1:1/")
    assert httpx.get(f"{ready['url']}/health").json() == {"status": "ok", "waiting": 1}
    first.send(signal.SIGINT)
    assert first.finish().lines[-1]["waiting"] == 1
    store = str(tmp_path / "events.sqlite3")
    second = start("listen", "--port", "0", "--store", store, **CREDENTIALS)
    second.wait_for_told("1 event of earlier runs still to be passed on: give --forward.")
    second.send(signal.SIGINT)
    assert "1 still to be passed on" in second.finish().err


def test_the_reader_of_its_lines_may_leave(start: Start, tmp_path: Path) -> None:
    store = str(tmp_path / "events.sqlite3")
    listening = start("listen", "--json", "--port", "0", "--store", store, **CREDENTIALS)
    url = json.loads(listening.line())["url"]
    assert listening._process.stdout is not None
    listening._process.stdout.close()
    httpx.post(url, json=EVENT, auth=(USER, PASSWORD))
    assert listening._process.wait(timeout=20) == 0
    assert len(kept(tmp_path)) == 1


def test_it_speaks_https(listen: Listen, certificate: Path) -> None:
    listening, ready = listen("--tls-cert", str(certificate))
    assert ready["url"].startswith("https://127.0.0.1:")
    context = ssl.create_default_context(cafile=certificate)
    answer = httpx.post(ready["url"], json=EVENT, auth=(USER, PASSWORD), verify=context)
    assert answer.status_code == 204
    listening.send(signal.SIGINT)
    assert listening.finish().code == 0


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*command, "-keyout", str(path), "-out", str(tmp_path / "only.pem")],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + (tmp_path / "only.pem").read_text())
    return path


def test_without_credentials_it_warns_on_loopback_and_refuses_elsewhere(
    start: Start, cli: Cli
) -> None:
    listening = start("listen", "--json", "--port", "0")
    url = json.loads(listening.line())["url"]
    assert httpx.post(url, json=EVENT).status_code == 204
    listening.send(signal.SIGINT)
    assert "No credentials are asked for" in listening.finish().err
    refused = cli("listen", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 -- what is refused
    assert refused.code == 1
    assert "On 0.0.0.0 anybody could post events." in refused.err


def _two_applications(spec: dict[str, Any]) -> None:
    spec["applications"]["Other"] = spec["applications"]["Production Server"]


def _no_application(spec: dict[str, Any]) -> None:
    del spec["applications"]
    del spec["sites"]["Raleigh"]["sippeers"]["Messaging East"]["application"]


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (None, ["--application", "Nope"], "There is no application 'Nope'; the spec declares:"),
        (_two_applications, ["."], "Say which --application; the spec declares: Other,"),
        (_no_application, ["."], "The spec declares no application"),
        (None, [".", "--tls-key", "x"], "--tls-key goes with --tls-cert."),
        (None, [".", "--tls-cert", "nope"], "The certificate cannot be used: No such file"),
        (None, [".", "--tls-cert", "provisioner.yaml"], "The certificate cannot be used: "),
        (None, [".", "--forward", "nope"], "--forward is 'nope'"),
        (None, [".", "--host", "256.1.1.1"], "Cannot listen on 256.1.1.1:"),
        (None, [".", "--store", "provisioner.yaml"], "cannot keep events"),
        (None, [".", "--store", "provisioner.yaml/events"], "File exists"),
    ],
)
def test_what_it_cannot_work_with_is_told(
    cli: Cli,
    declare: Declare,
    change: Callable[[dict[str, Any]], None] | None,
    options: list[str],
    words: str,
) -> None:
    declare(change)
    refused = cli("listen", "--port", "0", *options)
    assert (refused.code, refused.out) == (1, "")
    assert words in " ".join(refused.err.split())
    assert "Traceback" not in refused.err


@pytest.mark.parametrize("name", CREDENTIALS)
def test_half_of_the_credentials_is_none(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "only-this")
    refused = cli("listen", "--json", "--port", "0")
    assert refused.code == 1
    assert "is missing" in refused.document["problems"][0]["detail"]
    assert "only-this" not in refused.everything


def test_a_port_that_is_taken_is_told(cli: Cli, receiver: Receiver) -> None:
    port = httpx.URL(receiver.url).port
    refused = cli("listen", "--port", str(port))
    assert refused.code == 1
    assert f"Cannot listen on 127.0.0.1, port {port}: Address already in use." in " ".join(
        refused.err.split()
    )
