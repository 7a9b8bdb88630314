from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from provisioner.errors import SettingsError
from provisioner.messaging.outbox import Entry, LineKey, Status, line_keys, open_outbox

KEY, OTHER = LineKey("a", 0), LineKey("b", 0)


def test_lines_of_one_content_are_told_apart_by_their_count() -> None:
    assert [*line_keys("aba")] == [LineKey("a", 0), LineKey("b", 0), LineKey("a", 1)]


def test_what_was_written_is_there_for_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    with open_outbox(path, mailbox="m", name="n") as outbox:
        outbox.intend(KEY, "+1", 1.0)
        outbox.intend(OTHER, "+1", 2.0)
        outbox.accept(OTHER, "id")
        tag = outbox.tag(KEY)
    with open_outbox(path, mailbox="m", name="n") as outbox:
        assert outbox.entries() == {
            KEY: Entry(Status.INTENT, 1.0, "+1"),
            OTHER: Entry(Status.ACCEPTED, 2.0, "+1", "id"),
        }
        assert outbox.last_accepted() == ("id", 2.0)
        assert outbox.tag(KEY) == tag
        assert outbox.ids_since(2.0) == {"id"}
        assert not outbox.ids_since(2.1)
    for mailbox, name in (("m", "other"), ("other", "n")):
        with open_outbox(path, mailbox=mailbox, name=name) as outbox:
            assert outbox.entries() == {}
            assert outbox.tag(KEY) != tag


@pytest.mark.parametrize("end", ["none", "accepted"])
def test_a_line_that_is_taken_cannot_be_sent_again(end: str, tmp_path: Path) -> None:
    with open_outbox(tmp_path / "o.sqlite3", mailbox="m", name="n") as outbox:
        outbox.intend(KEY, "+1", 1.0)
        if end == "accepted":
            outbox.accept(KEY, "id")
        with pytest.raises(sqlite3.IntegrityError):
            outbox.intend(KEY, "+1", 2.0)


def test_a_line_that_was_not_sent_after_all_is_free(tmp_path: Path) -> None:
    with open_outbox(tmp_path / "o.sqlite3", mailbox="m", name="n") as outbox:
        outbox.intend(KEY, "+1", 1.0)
        outbox.withdraw(KEY)
        assert outbox.entries()[KEY].status is Status.ABSENT
        outbox.intend(KEY, "+2", 2.0)
        assert outbox.entries() == {KEY: Entry(Status.INTENT, 2.0, "+2")}


def test_beginning_again_forgets_what_was_sent_but_not_its_ids(tmp_path: Path) -> None:
    with open_outbox(tmp_path / "o.sqlite3", mailbox="m", name="n") as outbox:
        outbox.intend(KEY, "+1", 1.0)
        outbox.accept(KEY, "id")
        tag = outbox.tag(KEY)
        outbox.begin_again()
        assert outbox.entries() == {}
        assert outbox.tag(KEY) != tag
        assert outbox.ids_since(0) == {"id"}


def test_one_process_sends_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "o.sqlite3"
    with (
        open_outbox(path, mailbox="m", name="n"),
        pytest.raises(SettingsError, match="Another process is sending"),
        open_outbox(path, mailbox="m", name="n"),
    ):
        pass
    with open_outbox(path, mailbox="m", name="n"):
        pass


def test_a_file_that_is_no_outbox_stops_everything(tmp_path: Path) -> None:
    path = tmp_path / "o.sqlite3"
    path.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with (
        pytest.raises(SettingsError, match="Without it nothing is sent"),
        open_outbox(path, mailbox="m", name="n"),
    ):
        pass


def test_an_outbox_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "o.sqlite3"
    with open_outbox(path, mailbox="m", name="n"):
        pass
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with (
        pytest.raises(SettingsError, match="another version"),
        open_outbox(path, mailbox="m", name="n"),
    ):
        pass
