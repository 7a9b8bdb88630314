"""What came of each line of a file, as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from provisioner.messaging.results import Result
from provisioner.views.batch import ResultRow, result_row


def check_results(path: Path) -> None:
    """Raises OSError where nothing could be written later, when messages are gone already."""
    _draft(path).touch()


def write_results(path: Path, results: Sequence[Result]) -> None:
    """A row for each line, whole or not at all: CSV where the name ends so, else JSON lines."""
    rows = [result_row(number, each) for number, each in enumerate(results, start=1)]
    content = _csv(rows) if path.suffix.lower() == ".csv" else _json_lines(rows)
    _draft(path).write_text(content, encoding="utf-8", newline="")
    _draft(path).replace(path)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _csv(rows: Sequence[ResultRow]) -> str:
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, [*ResultRow.__annotations__])
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def _json_lines(rows: Sequence[ResultRow]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)
