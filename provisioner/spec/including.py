"""The files of a spec and, by `include:`, those that belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioner.errors import Origin, Problem
from provisioner.spec.composition import DEEPEST, compose
from provisioner.spec.files import SpecFile, find_files, read_file
from provisioner.spec.nodes import Listing, Node, Scalar, Table
from provisioner.spec.problems import error
from provisioner.spec.values import UNWANTED
from provisioner.spec.wording import printable, quoted

GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Source:
    """A file and its tree."""

    file: SpecFile
    root: Node


class Sources:
    """Reads files, each once, those that a file includes right after it.

    `are_complete` says that nothing which belongs to the spec is missing.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.found: list[Source] = []
        self.names: list[str] = []
        self.are_complete = True
        self._problems = problems
        self._seen: set[Path] = set()

    def read(self, paths: Sequence[Path]) -> None:
        seen = len(self._problems)
        for path in find_files(paths, self._problems):
            self._read(path, None, ())
        if any(each.code in ("no-such-file", "no-spec-files") for each in self._problems[seen:]):
            self.are_complete = False

    def _read(self, path: Path, named_at: Origin | None, within: tuple[Path, ...]) -> None:
        key = _identity(path)
        if len(within) >= DEEPEST:
            detail = f"Files include each other more than {DEEPEST} levels deep."
            self._problems.append(error("too-deep", detail, named_at))
            return
        if key in within:
            chain = " → ".join(quoted(str(each)) for each in _relative([*within, key], path))
            detail = f"The file would include itself: {chain}. Remove one of the `include`s."
            self._problems.append(error("recursive-include", detail, named_at))
            return
        if key in self._seen:
            return
        self._seen.add(key)
        self.names.append(str(path))
        file = read_file(path, self._problems, named_at)
        root = _root(file, self._problems) if file else None
        if file is None or root is None:
            self.are_complete = False
            return
        self.found.append(Source(file, root))
        for item in _included(root):
            for included in self._paths(item, path):
                self._read(included, item.origin, (*within, key))

    def _paths(self, item: Scalar, path: Path) -> Iterator[Path]:
        """The files that an entry of `include` means, relative to the file that has it."""
        if "${" in item.text:
            detail = "References are not filled in in `include`. Name the file, or use `*`."
            self._problems.append(error("bad-include", detail, item.origin))
            self.are_complete = False
            return
        if UNWANTED.search(item.text):
            # It is told where all texts are typed.
            self.are_complete = False
            return
        if not GLOB.search(item.text):
            yield from find_files([path.parent / item.text], self._problems, item.origin)
            return
        try:
            found = path.parent.glob(item.text)
            matches = sorted(
                each for each in found if each.is_file() and not _is_hidden(each, item.text, path)
            )
        except (ValueError, NotImplementedError, OSError) as fault:
            detail = f"{quoted(item.text)} is no pattern of files here: {printable(fault)}."
            self._problems.append(error("bad-include", detail, item.origin))
            self.are_complete = False
            return
        others = [each for each in matches if _identity(each) != _identity(path)]
        if not others:
            detail = f"No file matches {quoted(item.text)}. Patterns are relative to this file."
            self._problems.append(error("no-such-file", detail, item.origin))
            self.are_complete = False
        yield from others


def _is_hidden(found: Path, pattern: str, beside: Path) -> bool:
    """Whether a part of the way begins with a dot that the pattern does not write: editors keep
    locks and copies in such files, and `.github` is full of YAML."""
    way, written = found.relative_to(beside.parent).parts, Path(pattern).parts
    return any(part.startswith(".") and part not in written for part in way)


def _included(root: Node) -> Iterator[Scalar]:
    """The entries that are text. Anything else the schema refuses."""
    section = root.entries.get("include") if isinstance(root, Table) else None
    if section and isinstance(section.value, Listing):
        yield from (each for each in section.value.items if isinstance(each, Scalar))


def _relative(paths: Sequence[Path], beside: Path) -> list[Path]:
    folder = _identity(beside).parent
    return [each.relative_to(folder) if each.is_relative_to(folder) else each for each in paths]


def _identity(path: Path) -> Path:
    """The same for all ways of naming a file. A link that leads nowhere is what it is called."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _root(file: SpecFile, problems: list[Problem]) -> Node | None:
    seen = len(problems)
    root = compose(file.name, file.text, problems)
    has_nothing = isinstance(root, Scalar) and root.is_null
    if has_nothing or (root is None and len(problems) == seen):
        detail = "Nothing is declared in it. Begin with the line `version: 1`."
        problems.append(error("empty-file", detail, Origin(file.name, 1, 1)))
        return None
    return root
