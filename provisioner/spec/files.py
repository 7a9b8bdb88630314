"""Paths to texts: finding the files of a spec and reading them, within limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioner.errors import Origin, Problem
from provisioner.spec.problems import error
from provisioner.spec.wording import closest, printable

MOST_BYTES = 20_000_000
SUFFIXES = (".yaml", ".yml")
USUAL_NAME = "provisioner.yaml"
BYTE_ORDER_MARK = "\ufeff"
NOT_YAML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
"""What no YAML file may hold (YAML 1.2, section 5.1); surrogates do not get through UTF-8."""


@dataclass(frozen=True, slots=True)
class SpecFile:
    """`data` is what the file holds, `text` the same decoded."""

    name: str
    data: bytes
    text: str


def find_files(
    paths: Sequence[Path], problems: list[Problem], named_at: Origin | None = None
) -> tuple[Path, ...]:
    """The files, and those of the folders, in the order given; each once.

    Whether a file that was named is there shows when it is read. `named_at` is where another file
    names them.
    """
    found: dict[Path, Path] = {}
    for given in paths:
        for path in _files_at(given, problems, named_at):
            found.setdefault(path.absolute(), path)
    return tuple(found.values())


def read_file(
    path: Path, problems: list[Problem], named_at: Origin | None = None
) -> SpecFile | None:
    """The file, or None where it cannot be read, which is added to `problems`.

    `named_at` is where another file names it, None for one of the command line.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        problems.append(
            error("no-such-file", f"There is no file {printable(path)}. {_way_out(path)}", named_at)
        )
        return None
    except OSError as fault:
        problems.append(_unreadable(path, fault, named_at))
        return None
    if len(data) > MOST_BYTES:
        detail = f"A spec file may have {MOST_BYTES // 1_000_000} MB. Split it into several files."
        problems.append(error("too-large", detail, Origin(name, 1, 1)))
        return None
    text = _decoded(name, data, problems)
    return None if text is None else SpecFile(name, data, text)


def _files_at(path: Path, problems: list[Problem], named_at: Origin | None) -> Iterator[Path]:
    try:
        if not path.is_dir():
            yield path
            return
        inside = sorted(_spec_files_in(path))
    except OSError as fault:
        problems.append(_unreadable(path, fault, named_at))
        return
    if not inside:
        detail = (
            f"The folder {printable(path)} has no *.yaml or *.yml file."
            " Name a spec file, or the folder that holds the specs (subfolders are not searched)."
        )
        problems.append(error("no-spec-files", detail, named_at))
    yield from inside


def _spec_files_in(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file():
            yield path


def _way_out(path: Path) -> str:
    try:
        beside = [each.name for each in path.parent.iterdir() if each.suffix == path.suffix]
    except OSError:
        beside = []
    if meant := closest(path.name, beside):
        return f"Did you mean {printable(path.with_name(meant))}?"
    way_out = "Name the file, or the folder that holds the specs."
    return f"{way_out} `provisioner init` writes one." if path.name == USUAL_NAME else way_out


def _unreadable(path: Path, fault: OSError, named_at: Origin | None = None) -> Problem:
    reason = fault.strerror or type(fault).__name__
    detail = f"{printable(path)} cannot be read: {reason}. Check its permissions."
    return error("unreadable-file", detail, named_at)


def _decoded(name: str, data: bytes, problems: list[Problem]) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        origin = _position(name, data[: fault.start].decode("utf-8-sig"))
        detail = f"The byte 0x{data[fault.start]:02x} is not UTF-8. Save the file as UTF-8."
        problems.append(error("bad-encoding", detail, origin))
        return None
    text = text.removeprefix(BYTE_ORDER_MARK)
    if stray := NOT_YAML.search(text):
        origin = _position(name, text[: stray.start()])
        detail = f"The character U+{ord(stray[0]):04X} cannot stand in a text file. Remove it."
        problems.append(error("control-character", detail, origin))
        return None
    return text


def _position(name: str, before: str) -> Origin:
    return Origin(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
