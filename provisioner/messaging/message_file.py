"""A file of messages: CSV with a line of names, or one JSON object a line.

The names are those of `send`: to, from, text, media, tag, priority, expiration, application. What
a line does not say is taken from the defaults. Several numbers or URLs stand in one place with
spaces or semicolons between, in JSON also as a list.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from provisioner.errors import Origin, Problem, ProblemsError, Severity
from provisioner.messaging.draft import Draft
from provisioner.messaging.telephone import read_number

NAMES = ("to", "from", "text", "media", "tag", "priority", "expiration", "application")
SEVERAL = {"to", "media"}
FIELDS = {"to": "recipients", "from": "sender"}
"""Where the draft has another word for it."""
_BETWEEN = re.compile(r"[\s;]+")

Values = Mapping[str, Any]


def read_drafts(path: Path, defaults: Draft) -> tuple[Draft, ...]:
    """Raises ProblemsError with all that cannot be read; limits are not checked here."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ProblemsError([_unreadable(f"{path}: {error.strerror}.")]) from None
    except UnicodeDecodeError as error:
        detail = f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8."
        raise ProblemsError([_unreadable(detail)]) from None
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _json_rows(path, text)
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for row in rows:
        if isinstance(row, Problem):
            problems.append(row)
        else:
            drafts.append(_draft(*row, defaults))
    if problems:
        raise ProblemsError(problems)
    if not drafts:
        raise ProblemsError([_unreadable(f"{path} has no messages.")])
    return tuple(drafts)


def content_key(draft: Draft, attachments: Sequence[str] = ()) -> str:
    """What makes two messages the same to those who get them, in 20 hex digits.

    Sender, tag, priority and expiration are no part of it, so that changing them sends nothing
    again. `attachments` are digests of files that have no URL yet. The format is frozen: changing
    it sends again what was sent.
    """
    recipients = sorted(map(read_number, draft.recipients))
    content = [recipients, draft.text, [*draft.media, *attachments]]
    canonical = json.dumps(content, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:20]


Row = tuple[Values, Origin]


def _csv_rows(path: Path, text: str) -> Iterator[Row | Problem]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [each.strip().lower() for each in next(reader, [])]
        yield from _unknown(names, Origin(str(path), 1, 1))
        line = reader.line_num + 1
        for cells in reader:
            origin = Origin(str(path), line, 1)
            line = reader.line_num + 1
            if len(cells) > len(names):
                detail = f"{len(cells)} cells, but {len(names)} names. Quote what has a comma."
                yield _problem(detail, origin)
            elif any(cells):
                yield dict(zip(names, cells, strict=False)), origin
    except csv.Error as error:
        yield _problem(f"{error}.", Origin(str(path), reader.line_num, 1))


def _json_rows(path: Path, text: str) -> Iterator[Row | Problem]:
    for number, line in enumerate(text.split("\n"), start=1):
        origin = Origin(str(path), number, 1)
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            yield _problem("This line is not JSON. Write one object a line.", origin)
            continue
        if not isinstance(values, dict):
            yield _problem("This line is not a JSON object.", origin)
            continue
        problems = [*_unknown(values, origin), *_of_wrong_type(values, origin)]
        if problems:
            yield from problems
        else:
            yield values, origin


def _unknown(names: Sequence[str] | Values, origin: Origin) -> Iterator[Problem]:
    for name in names:
        if name not in NAMES:
            yield _problem(f"There is no {name!r}; there are: {', '.join(NAMES)}.", origin)


def _of_wrong_type(values: Values, origin: Origin) -> Iterator[Problem]:
    for name, value in values.items():
        is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if not (value is None or isinstance(value, str) or (is_list and name in SEVERAL)):
            wanted = "a text or a list of texts" if name in SEVERAL else "a text"
            yield _problem(f"{name!r} must be {wanted}, in quotes.", origin)


def _draft(values: Values, origin: Origin, defaults: Draft) -> Draft:
    given: dict[str, Any] = {
        FIELDS.get(name, name): _several(value) if name in SEVERAL else value
        for name, value in values.items()
        if value
    }
    return replace(defaults, origin=origin, **given)


def _several(value: str | list[str]) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(value)
    return tuple(each for each in _BETWEEN.split(value) if each)


def _unreadable(detail: str) -> Problem:
    return Problem(Severity.ERROR, "message-file", "The file of messages cannot be used", detail)


def _problem(detail: str, origin: Origin) -> Problem:
    return Problem(
        Severity.ERROR, "message-line", "A line of the file cannot be read", detail, origin
    )
