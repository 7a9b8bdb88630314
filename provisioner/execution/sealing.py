"""Which secrets were sent last, told by keyed digests: that one changed shows, its value does not.

The digests are in the journal, and the key is not: a password that a person chose could be guessed
from a digest that anybody can make. With another key nothing can be told, and nothing is told.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.execution.tables import read_tables, told
from provisioner.model import Address, DesiredState, LiveState, Secret

KEY_BYTES = 32
KEY_ID_LENGTH = 8

Place = tuple[str, str, str]
"""Resource type, the server's id, and the name of the field."""


@dataclass(frozen=True, slots=True)
class Seals:
    """The newest digest of each place, and the key to compare with; an empty key knows nothing."""

    key: bytes = field(repr=False)
    digests: Mapping[Place, str]


NOTHING_SEALED = Seals(b"", {})


def key_file_of(journal: Path) -> Path:
    return journal.with_suffix(".key")


def read_key(file: Path) -> bytes | None:
    """None where there is no key, or what is there is none. Raises OSError."""
    if not file.exists():
        return None
    key = file.read_bytes()
    return key if len(key) == KEY_BYTES else None


def make_key(file: Path) -> bytes:
    """The key, made where there is none, for this user only. Raises OSError.

    It is there as a whole or not at all, and of two that are made at once one stays.
    """
    if (found := read_key(file)) is not None:
        return found
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(secrets.token_bytes(KEY_BYTES))
    draft.replace(file)
    return file.read_bytes()


def seal(key: bytes, origin: str, account: str, place: Place, secret: Secret) -> str:
    """The digest, after the name of its key. Equal secrets in two places have two digests."""
    content = json.dumps([origin, account, *place, secret.reveal()]).encode()
    return f"{_key_id(key)}:{hmac.new(key, content, hashlib.sha256).hexdigest()}"


def digests_in(connection: sqlite3.Connection, origin: str, account: str) -> Mapping[Place, str]:
    """The newest digest of each place."""
    rows = connection.execute(
        "SELECT type, id, field, secrets.digest FROM secrets JOIN runs ON runs.number = run "
        "WHERE origin = ? AND account = ? ORDER BY secrets.number",
        (origin, account),
    )
    return {(kind, server_id, field): digest for kind, server_id, field, digest in rows}


def read_seals(journal: Path, origin: str, account: str) -> Seals:
    """For those who only look: nothing is made. Raises JournalError and OSError."""
    key = read_key(key_file_of(journal))
    if key is None or not journal.exists():
        return NOTHING_SEALED
    with told(journal), closing(read_tables(journal)) as connection:
        return Seals(key, digests_in(connection, origin, account))


def secrets_as_sent(
    desired: DesiredState, live: LiveState, seals: Seals
) -> Mapping[tuple[Address, str], bool]:
    """Of each declared secret that was sent to what is there, whether it is still the same."""
    found: dict[tuple[Address, str], bool] = {}
    for address, name, secret in _secrets_of(desired):
        place = (address.type, live.ids.get(address, ""), name)
        digest = seals.digests.get(place, "")
        if digest.startswith(f"{_key_id(seals.key)}:"):
            now = seal(seals.key, live.origin, live.account, place, secret)
            found[address, name] = hmac.compare_digest(now, digest)
    return found


def _secrets_of(desired: DesiredState) -> Iterator[tuple[Address, str, Secret]]:
    for address, resource in desired.resources.items():
        for name, value in resource.attributes.items():
            if isinstance(value, Secret):
                yield address, name, value


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"key " + key).hexdigest()[:KEY_ID_LENGTH]
