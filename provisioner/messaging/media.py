"""Files for messages: checked, and uploaded to where the service can fetch them.

Up to 3.75 MB each, kept for 48 hours (vendor interface description); that a MB is a million bytes
is an assumption, the stricter one. A file's name comes from its content and the day: uploaded once
it is not uploaded again on that day, and none is about to expire when a message names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from provisioner.account.client import Client
from provisioner.errors import Problem, Severity, Unreadable
from provisioner.messaging.answers import read_json

PATH = "/media"
MOST_BYTES = 3_750_000
CARRIERS_TAKE = 1_000_000
"""What most carriers are said to take in all (assumption: they publish no common limit)."""
CONTINUATION = "Continuation-Token"

TYPES = MappingProxyType(
    {
        ".3gp": "audio/3gpp",
        ".amr": "audio/amr",
        ".avi": "video/avi",
        ".bmp": "image/bmp",
        ".css": "text/css",
        ".csv": "text/csv",
        ".flac": "audio/flac",
        ".gif": "image/gif",
        ".gz": "application/gzip",
        ".ico": "image/x-icon",
        ".ics": "text/calendar",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".js": "text/javascript",
        ".json": "application/json",
        ".m4a": "audio/mp4",
        ".mov": "video/quicktime",
        ".mp3": "audio/mpeg",
        ".mp4": "video/mp4",
        ".mpeg": "video/mpeg",
        ".mpg": "video/mpeg",
        ".oga": "audio/ogg",
        ".ogg": "application/ogg",
        ".ogv": "video/ogg",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".rtf": "application/rtf",
        ".smil": "application/smil",
        ".svg": "image/svg+xml",
        ".tar": "application/x-tar",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
        ".txt": "text/plain",
        ".vcf": "text/vcard",
        ".wav": "audio/wav",
        ".webm": "video/webm",
        ".webp": "image/webp",
        ".wmv": "video/x-ms-wmv",
        ".xml": "application/xml",
        ".zip": "application/zip",
    }
)
"""The types that the service takes (vendor interface description), by the end of a name."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    path: Path
    type: str
    content: bytes = field(repr=False)

    def name_at(self, now: float) -> str:
        """`now` is in seconds since 1970."""
        digest = hashlib.sha256(self.content).hexdigest()[:20]
        day = datetime.fromtimestamp(now, UTC)
        return f"bwp-{day:%Y%m%d}-{digest}{self.path.suffix.lower()}"


def read_media_file(path: Path) -> tuple[MediaFile | None, tuple[Problem, ...]]:
    """The file, or what is wrong with it."""
    kind = TYPES.get(path.suffix.lower())
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        return None, (_problem(f"{path} cannot be read: {error.strerror}."),)
    faults = tuple(map(_problem, _faults(path, kind, size)))
    return (None, faults) if faults or kind is None else (MediaFile(path, kind, content), ())


def _faults(path: Path, kind: str | None, size: int) -> Iterator[str]:
    if kind is None:
        yield f"{path}: its type is not one that messages take. Those are: {' '.join(TYPES)}."
    if not size:
        yield f"{path} is empty."
    if size > MOST_BYTES:
        yield f"{path} has {size} bytes, {MOST_BYTES} are allowed. Make it smaller."


def _problem(detail: str) -> Problem:
    return Problem(Severity.ERROR, "message-media", "Media cannot be sent", detail)


def warnings_about(files: tuple[MediaFile, ...]) -> tuple[Problem, ...]:
    total = sum(len(each.content) for each in files)
    if total <= CARRIERS_TAKE:
        return ()
    detail = (
        f"The files have {total} bytes together. Many carriers shrink or refuse more than "
        f"{CARRIERS_TAKE}: make them smaller if the message fails with 4711."
    )
    return (Problem(Severity.WARNING, "large-media", "The media is large", detail),)


async def upload(client: Client, files: tuple[MediaFile, ...]) -> tuple[str, ...]:
    """The URLs of the files, in their order; only those that are not there yet are sent."""
    now = client.clock.now()
    wanted = {file.name_at(now): file for file in files}
    there = await _sizes(client) if wanted else {}
    for name, file in wanted.items():
        if there.get(name) != len(file.content):
            headers = {"Content-Type": file.type}
            path = f"{PATH}/{name}"
            response = await client.exchange("PUT", path, body=file.content, headers=headers)
            read_json(response, client)
    return tuple(url_of(name, client) for name in wanted)


def url_of(name: str, client: Client) -> str:
    return f"{client.connection.api_root}{PATH}/{name}"


async def _sizes(client: Client) -> dict[str, int]:
    """Name and size of every file that was uploaded to the account."""
    sizes: dict[str, int] = {}
    headers: dict[str, str] = {}
    while True:
        response = await client.exchange("GET", PATH, headers=headers)
        rows: Any = read_json(response, client)
        try:
            sizes |= {str(row["mediaName"]): int(row["contentLength"]) for row in rows}
        except (KeyError, TypeError, ValueError):
            raise Unreadable("The answer is not a list of media.") from None
        token = response.headers.get(CONTINUATION)
        if not token or not rows:
            return sizes
        headers = {CONTINUATION: token}
