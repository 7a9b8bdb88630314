"""Digests of secrets: which changed is known, and by nobody without the key."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.execution.events import Status, StepFinished
from provisioner.execution.journal import Journal
from provisioner.execution.sealing import (
    Seals,
    key_file_of,
    make_key,
    read_key,
    read_seals,
    seal,
    secrets_as_sent,
)
from provisioner.execution.tables import STAGES, VERSION
from provisioner.model import Address, DesiredState, LiveState, Resource, Secret
from provisioner.planning.plan import Action, Change, Step, Verb
from tests.execution.conftest import OCCASION, Wall

pytestmark = pytest.mark.anyio

APPLICATION = Address("application", ("Alerts",))
FIELD = "callback_credentials.password"
PLACE = ("application", "app-1", FIELD)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
LIVE = LiveState(OCCASION.account, OCCASION.origin, resources={}, ids={APPLICATION: "app-1"})


def declared(value: str) -> DesiredState:
    resource = Resource(APPLICATION, {"name": "Alerts", FIELD: Secret("PASSWORD", value)})
    return DesiredState(OCCASION.account, {APPLICATION: resource})


def finished(value: str, status: Status = Status.DONE) -> StepFinished:
    change = Change(Action.UPDATE, APPLICATION, None, declared(value).resources[APPLICATION])
    return StepFinished(Step(Verb.UPDATE, change), status, id="app-1", wrote=True)


async def sent(path: Path, *events: StepFinished, key: bytes = KEY) -> None:
    with Journal(path, now=Wall()) as journal:
        async with journal.run(OCCASION) as run:
            for event in events:
                run.seal(event, key)


def known(path: Path, value: str, key: bytes = KEY) -> Mapping[tuple[Address, str], bool]:
    key_file_of(path).write_bytes(key)
    seals = read_seals(path, OCCASION.origin, OCCASION.account)
    return secrets_as_sent(declared(value), LIVE, seals)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


async def test_the_secret_that_was_sent_last_is_known_again(path: Path) -> None:
    await sent(path, finished("first one"), finished("second one"))
    assert known(path, "second one") == {(APPLICATION, FIELD): True}
    assert known(path, "first one") == {(APPLICATION, FIELD): False}


async def test_what_failed_was_not_sent(path: Path) -> None:
    await sent(path, finished("first one"), finished("second one", Status.FAILED))
    assert known(path, "first one") == {(APPLICATION, FIELD): True}


async def test_nothing_is_known_without_key_journal_and_resource(path: Path) -> None:
    assert known(path, "first one") == {}
    await sent(path, finished("first one"))
    assert known(path, "first one", OTHER_KEY) == {}
    assert known(path, "first one", b"damaged") == {}
    seals = read_seals(path, OCCASION.origin, "another account")
    assert secrets_as_sent(declared("first one"), LIVE, seals) == {}
    key_file_of(path).write_bytes(KEY)
    seals = read_seals(path, OCCASION.origin, OCCASION.account)
    assert secrets_as_sent(declared("first one"), replace(LIVE, ids={}), seals) == {}


async def test_another_run_finds_what_this_one_sent(path: Path) -> None:
    await sent(path, finished("first one"))
    with Journal(path, now=Wall()) as journal:
        async with journal.run(OCCASION) as run:
            seals = await run.seals(KEY)
    assert seals.digests.keys() == {PLACE}


async def test_neither_value_nor_key_is_in_the_journal_or_on_show(path: Path) -> None:
    await sent(path, finished("first one"))
    found = b"".join(each.read_bytes() for each in path.parent.glob("journal*"))
    assert b"app-1" in found
    assert b"first one" not in found
    assert KEY not in found
    assert str(KEY) not in repr(Seals(KEY, {}))


def test_equal_secrets_in_two_places_have_two_digests() -> None:
    secret = Secret("PASSWORD", "same here")
    places = [PLACE, ("application", "app-2", FIELD), ("application", "app-1", "other")]
    digests = {seal(KEY, "origin", "1", place, secret) for place in places}
    digests |= {seal(KEY, "origin", "2", PLACE, secret), seal(KEY, "other", "1", PLACE, secret)}
    assert len(digests) == 5


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "journal.key"
    assert read_key(file) is None
    key = make_key(file)
    assert len(key) == 32
    assert make_key(file) == read_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"damaged")
    assert make_key(file) not in (key, b"damaged")
    assert [*tmp_path.iterdir()] == [file]


async def test_a_journal_of_the_version_before_gets_what_it_lacks(path: Path) -> None:
    with Journal(path, now=Wall()) as journal:
        async with journal.run(OCCASION):
            pass
    with closing(sqlite3.connect(path)) as older:
        older.execute("DROP TABLE secrets")
        older.execute(f"PRAGMA user_version = {VERSION - 1}")
    await sent(path, finished("first one"))
    assert known(path, "first one") == {(APPLICATION, FIELD): True}
    assert len(STAGES) == VERSION
