"""What a `for_each` goes through: a list, a mapping, or a CSV or YAML file with one."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from provisioner.errors import Origin, Problem
from provisioner.spec.composition import compose
from provisioner.spec.files import SUFFIXES, SpecFile, read_file
from provisioner.spec.nodes import Listing, Node, Row, Scalar, Table, Unknown
from provisioner.spec.problems import error
from provisioner.spec.wording import listed, quoted

CSV_SUFFIX = ".csv"


class Tables:
    """Reads each file once. `files` are those that were read, in that order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.files: list[SpecFile] = []
        self._problems = problems
        self._known: dict[Path, tuple[Row, ...] | None] = {}

    def rows_in(self, path: Path, origin: Origin) -> tuple[Row, ...] | None:
        """The rows of a file, or None where it is none; `origin` is what names it."""
        key = path.absolute()
        if key not in self._known:
            self._known[key] = self._read(path, origin)
        return self._known[key]

    def _read(self, path: Path, origin: Origin) -> tuple[Row, ...] | None:
        suffix = path.suffix.lower()
        if suffix not in (CSV_SUFFIX, *SUFFIXES):
            detail = (
                f"{quoted(str(path))} is no table: `for_each` reads .csv, .yaml and .yml files,"
                " relative to the file that names them. A list is written `[a, b]`, and a variable"
                " that is one has `type: list`."
            )
            self._problems.append(error("no-table", detail, origin))
            return None
        file = read_file(path, self._problems, origin)
        if file is None:
            return None
        self.files.append(file)
        seen = len(self._problems)
        rows = self._csv_rows(file) if suffix == CSV_SUFFIX else self._yaml_rows(file)
        return rows if len(self._problems) == seen else None

    def _yaml_rows(self, file: SpecFile) -> tuple[Row, ...]:
        root = compose(file.name, file.text, self._problems)
        if root is None or (isinstance(root, Scalar) and root.is_null):
            return ()
        return tuple(rows_of(root, self._problems))

    def _csv_rows(self, file: SpecFile) -> tuple[Row, ...]:
        return tuple(_csv_rows(file, self._problems))


def rows_of(source: Node, problems: list[Problem]) -> Iterator[Row]:
    """The rows of a list or a mapping, as they stand: what they hold is only ever text.

    Of a list of texts, `value` is the item; of a list of mappings, the keys are the names. A
    mapping gives `key` beside. Keys inside keys are joined with dots. There is no `key` for the
    rows of a list: their number would change with every row that comes or goes before them.
    """
    match source:
        case Listing():
            for item in source.items:
                yield from _row(item, {}, item.origin, problems)
        case Table():
            for name, entry in source.entries.items():
                yield from _row(entry.value, {"key": name}, entry.key.origin, problems)
        case Scalar():
            detail = "A `for_each` takes a list, a mapping, or the path of a file that holds one."
            problems.append(error("wrong-type", detail, source.origin))


def _row(node: Node, key: dict[str, str], origin: Origin, problems: list[Problem]) -> Iterator[Row]:
    match node:
        case Scalar():
            text = "" if node.is_null else node.text
            yield Row({"value": text, **key}, origin)
        case Table():
            yield Row({**dict(_columns(node, "")), **key}, origin)
        case Listing():
            detail = "A row is text or a mapping of texts, not a list."
            problems.append(error("wrong-type", detail, node.origin))
        case Unknown():
            return


def _columns(table: Table, inside: str) -> Iterator[tuple[str, str]]:
    for name, entry in table.entries.items():
        if isinstance(entry.value, Table):
            yield from _columns(entry.value, f"{inside}{name}.")
        elif isinstance(entry.value, Scalar):
            yield inside + name, "" if entry.value.is_null else entry.value.text


def _csv_rows(file: SpecFile, problems: list[Problem]) -> Iterator[Row]:
    lines, seen = _csv_lines(file, problems), len(problems)
    origin, header = next(lines, (Origin(file.name, 1, 1), []))
    if len(problems) > seen:
        return
    names = [cell.strip() for cell in header]
    if complaint := _wrong_header(names):
        problems.append(error("bad-table", complaint, origin))
        return
    for origin, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            detail = (
                f"The row has {len(cells)} cell{'' if len(cells) == 1 else 's'}, and the first"
                f" line names {len(names)}. Put a cell that holds a comma in quotes."
            )
            problems.append(error("bad-table", detail, origin))
            continue
        values = (cell.strip() for cell in cells)
        yield Row(dict(zip(names, values, strict=True)), origin)


def _csv_lines(file: SpecFile, problems: list[Problem]) -> Iterator[tuple[Origin, list[str]]]:
    """The cells of each row and where it begins; a row may go on over several lines."""
    reader = csv.reader(io.StringIO(file.text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield Origin(file.name, line, 1), cells
            line = reader.line_num + 1
    except csv.Error as fault:
        detail = f"The CSV reader says: {fault}. Look for missing or stray quotes in this row."
        problems.append(error("bad-table", detail, Origin(file.name, line, 1)))


def _wrong_header(names: Sequence[str]) -> str | None:
    if not any(names):
        return "The first line has to name the columns, such as `name,area_code`."
    if not all(names):
        return "A column has no name. Each cell of the first line needs one."
    several = [name for name, count in Counter(names).items() if count > 1]
    if several:
        return f"{listed([quoted(name) for name in several], 'and')} stands there twice. Rename it."
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        return "There is one column only. Save the file with commas between the cells."
    return None
