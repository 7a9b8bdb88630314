"""Text to nodes: YAML's events, strictly, with positions.

PyYAML only parses; nothing is constructed. The tree is built from the events without recursion,
so neither a deep nor a self-multiplying file can exhaust anything: depth and size are checked on
the way, an alias counting as many nodes as it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import yaml

from provisioner.errors import Origin, Problem
from provisioner.spec.nodes import Entry, Listing, Node, Scalar, Table, Unknown
from provisioner.spec.problems import error
from provisioner.spec.wording import key_quoted, quoted

MOST_NODES = 1_000_000
DEEPEST = 50
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose(file: str, text: str, problems: list[Problem]) -> Node | None:
    """The root of the file, or None where it has none or reading had to stop.

    What is wrong is added to `problems`; duplicate keys, tags and the like do not stop it.
    """
    composition = _Composition(file, problems)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if not composition.take(event):
                return None
    except yaml.MarkedYAMLError as fault:
        problems.append(_syntax_problem(fault, file, text))
        return None
    return composition.root


@dataclass(slots=True)
class _OpenTable:
    origin: Origin
    anchor: str | None
    entries: dict[str, Entry] = field(default_factory=dict)
    merged: list[Table] = field(default_factory=list)
    merge_key: Scalar | None = None
    at_key: bool = True
    key: Scalar | None = None
    size: int = 1

    def close(self) -> Table:
        for table in self.merged:
            for name, entry in table.entries.items():
                self.entries.setdefault(name, entry)
        return Table(self.entries, self.origin, self.size)


@dataclass(slots=True)
class _OpenListing:
    origin: Origin
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    size: int = 1

    def close(self) -> Listing:
        return Listing(tuple(self.items), self.origin, self.size)


class _Composition:
    """The tree as far as the events have come."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.root: Node | None = None
        self._file = file
        self._problems = problems
        self._open: list[_OpenTable | _OpenListing] = []
        self._anchors: dict[str, Node | None] = {}
        self._nodes = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Goes one event on; False where it makes no sense to read any further."""
        match event:
            case yaml.ScalarEvent():
                self._refuse_tag(event)
                self._nodes += 1
                plain = event.style in (None, "")
                node = Scalar(event.value, plain, self._origin(event))
                self._add(node, event.anchor)
            case yaml.MappingStartEvent():
                self._start(event, _OpenTable(self._origin(event), event.anchor))
            case yaml.SequenceStartEvent():
                self._start(event, _OpenListing(self._origin(event), event.anchor))
            case yaml.CollectionEndEvent():
                closed = self._open.pop()
                self._add(closed.close(), closed.anchor)
            case yaml.AliasEvent():
                self._nodes += 1
                self._add(self._referred(event), None)
            case yaml.DocumentStartEvent():
                self._documents += 1
                return self._is_first_document(event)
        return self._is_within_limits(event)

    def _start(self, event: yaml.CollectionStartEvent, opened: _OpenTable | _OpenListing) -> None:
        self._refuse_tag(event)
        self._nodes += 1
        if event.anchor:
            self._anchors[event.anchor] = None
        self._open.append(opened)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.size += node.size
        if isinstance(parent, _OpenListing):
            parent.items.append(node)
        elif parent.at_key:
            parent.at_key = False
            parent.key = self._as_key(node)
        else:
            parent.at_key = True
            self._add_value(parent, node)

    def _as_key(self, node: Node) -> Scalar | None:
        if isinstance(node, Scalar):
            return node
        if not isinstance(node, Unknown):
            detail = "A key has to be text, not a mapping or a list. Put it in quotes."
            self._problems.append(error("complex-key", detail, node.origin))
        return None

    def _add_value(self, parent: _OpenTable, value: Node) -> None:
        key = parent.key
        if key is None:
            return
        is_merge = key.plain and key.text == "<<"
        first = parent.merge_key if is_merge else _key_of(parent.entries, key.text)
        if first is not None:
            self._refuse_duplicate(key, first)
        elif is_merge:
            parent.merge_key = key
            parent.merged.extend(self._mergeable(value))
        else:
            parent.entries[key.text] = Entry(key, value)

    def _mergeable(self, value: Node) -> Iterator[Table]:
        for node in value.items if isinstance(value, Listing) else (value,):
            if isinstance(node, Table):
                yield node
            elif not isinstance(node, Unknown):
                detail = "`<<` takes a mapping or a list of mappings, such as `<<: *defaults`."
                self._problems.append(error("bad-merge", detail, node.origin))

    def _refuse_duplicate(self, key: Scalar, first: Scalar) -> None:
        detail = (
            f"{key_quoted(key.text)} stands here a second time; the first is at {first.origin}."
            " Keep one of them."
        )
        self._problems.append(error("duplicate-key", detail, key.origin))

    def _referred(self, event: yaml.AliasEvent) -> Node:
        origin = self._origin(event)
        alias = key_quoted(f"*{event.anchor}")
        if event.anchor not in self._anchors:
            detail = f"{alias} stands for nothing: no `&{event.anchor}` comes before it."
            self._problems.append(error("undefined-alias", detail, origin))
            return Unknown(origin)
        node = self._anchors[event.anchor]
        if node is None:
            detail = f"{alias} stands inside `&{event.anchor}` itself, so it would have no end."
            self._problems.append(error("recursive-alias", detail, origin))
            return Unknown(origin)
        return replace(node, origin=origin)

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            detail = f"Tags are not used here: remove {quoted(event.tag)}."
            self._problems.append(error("unsupported-tag", detail, self._origin(event)))

    def _is_first_document(self, event: yaml.Event) -> bool:
        if self._documents == 1:
            return True
        detail = "A second document starts here. Put it in a file of its own."
        self._problems.append(error("multiple-documents", detail, self._origin(event)))
        return False

    def _is_within_limits(self, event: yaml.Event) -> bool:
        size = self._open[-1].size if self._open else 0
        if max(self._nodes, size) > MOST_NODES:
            detail = f"With its aliases expanded the file has more than {MOST_NODES:,} values."
            self._problems.append(error("too-many-nodes", detail, self._origin(event)))
            return False
        if len(self._open) > DEEPEST:
            detail = f"Nothing in a spec is nested more than {DEEPEST} levels deep."
            self._problems.append(error("too-deep", detail, self._origin(event)))
            return False
        return True

    def _origin(self, event: yaml.Event) -> Origin:
        mark = event.start_mark
        assert mark is not None  # noqa: S101 -- the parser marks every event
        return Origin(self._file, mark.line + 1, mark.column + 1)


def _key_of(entries: dict[str, Entry], name: str) -> Scalar | None:
    entry = entries.get(name)
    return entry.key if entry else None


def _syntax_problem(fault: yaml.MarkedYAMLError, file: str, text: str) -> Problem:
    mark = fault.problem_mark or fault.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n", line + 1)
    source = lines[line] if line < len(lines) else ""
    margin = source[: len(source) - len(source.lstrip())]
    if "\t" in margin or source[column : column + 1] == "\t":
        where = margin.find("\t") if "\t" in margin else column
        detail = "YAML does not take tabs for indentation: use spaces."
        return error("tab", detail, Origin(file, line + 1, where + 1))
    context = f" ({fault.context})" if fault.context else ""
    look_for = "missing quotes, a missing bracket or a wrong indentation here or just before"
    if "flow" in (fault.context or "") and "${" in source:
        look_for = "a missing bracket, or for quotes: in `{}` and `[]` a text with `${` needs them"
    detail = f"The YAML parser says: {fault.problem}{context}. Look for {look_for}."
    return error("yaml-syntax", detail, Origin(file, line + 1, column + 1))
