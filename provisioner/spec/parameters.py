"""`variables:` of a spec: what is declared, and the value that this run gives to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from provisioner.errors import Origin, Problem
from provisioner.spec.composition import compose
from provisioner.spec.files import SpecFile, read_file
from provisioner.spec.filling import UNREAD, Filled, References, Variable, way_out
from provisioner.spec.list_values import filled_list, read_list
from provisioner.spec.nodes import Entry, Listing, Node, Scalar, Table, Unknown, entry_at
from provisioner.spec.problems import error, warning
from provisioner.spec.settings_schema import VariableType
from provisioner.spec.values import BOOLEANS, DECIMAL
from provisioner.spec.wording import key_quoted, quoted

PREFIX = "BWP_VAR_"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one run gives to a spec beside the environment.

    `variables` are those of the command line, the last one of a name; of `variable_files` a later
    one wins. Commands for secrets are run only with `allow_commands`. With `leaves_secrets` none is
    read, nor has to be there: each is UNREAD.
    """

    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    variable_files: tuple[Path, ...] = ()
    allow_commands: bool = False
    leaves_secrets: bool = False


@dataclass(frozen=True, slots=True)
class _Declared:
    type: VariableType
    default: Node | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class _Given:
    """A value, as the node of a file, or as a text from the source that is named."""

    node: Node
    source: str = ""


class Parameters:
    """Declarations first, all of them; then the values."""

    def __init__(self, references: References, problems: list[Problem]) -> None:
        self.files: list[SpecFile] = []
        self._references = references
        self._problems = problems
        self._declared: dict[str, _Declared] = {}

    def declare(self, root: Table) -> Table:
        """Takes what a file declares, and gives the file without the defaults.

        Those are read here, by the type of their variable, and by nobody else.
        """
        section = root.entries.get("variables")
        if section is None or not isinstance(section.value, Table):
            return root
        rest: dict[str, Entry] = {}
        for name, entry in section.value.entries.items():
            rest[name] = self._declare(name, entry)
        variables = replace(section.value, entries=rest)
        return replace(root, entries={**root.entries, "variables": Entry(section.key, variables)})

    def _declare(self, name: str, entry: Entry) -> Entry:
        if first := self._declared.get(name):
            detail = (
                f"The variable {key_quoted(name)} is declared at {first.origin} as well."
                " Declare it in one place."
            )
            self._problems.append(error("declared-twice", detail, entry.key.origin))
        body = entry.value if isinstance(entry.value, Table) else None
        default = entry_at(body, ["default"]) if body else None
        written = entry_at(body, ["type"]) if body else None
        kind = written.value.text if written and isinstance(written.value, Scalar) else "text"
        self._declared.setdefault(
            name,
            _Declared(
                VariableType(kind) if kind in set(VariableType) else VariableType.TEXT,
                default.value if default else None,
                entry.key.origin,
            ),
        )
        if body is None or default is None:
            return entry
        entries = {key: each for key, each in body.entries.items() if key != "default"}
        return Entry(entry.key, replace(body, entries=entries))

    def values(self, inputs: Inputs) -> Mapping[str, Variable]:
        """Each variable with its value: of --var, of a file, of the environment, or the default."""
        given = {**self._of_environment(), **self._of_files(inputs.variable_files)}
        for name, text in inputs.variables.items():
            if self._is_declared(name, "`--var`", None):
                given[name] = _given_as_text(text, f"--var {name}")
        return {
            name: self._variable(name, declared, given.get(name))
            for name, declared in self._declared.items()
        }

    def _of_environment(self) -> dict[str, _Given]:
        found = {}
        for variable, text in self._references.environ.items():
            name = variable.removeprefix(PREFIX)
            if name == variable:
                continue
            if name in self._declared:
                found[name] = _given_as_text(text, variable)
                continue
            detail = (
                f"{key_quoted(variable)} is set in the environment, and the spec has no variable"
                f" {key_quoted(name)}. {way_out(name, self._declared)}"
            )
            self._problems.append(warning("unused-variable", detail))
        return found

    def _of_files(self, paths: tuple[Path, ...]) -> dict[str, _Given]:
        found = {}
        for path in paths:
            for name, entry in self._entries_of(path):
                origin = entry.key.origin
                if not self._is_declared(name, "It", origin):
                    continue
                found[name] = _Given(entry.value)
        return found

    def _entries_of(self, path: Path) -> Iterator[tuple[str, Entry]]:
        file = read_file(path, self._problems)
        if file is None:
            return
        self.files.append(file)
        root = compose(file.name, file.text, self._problems)
        if isinstance(root, Table):
            yield from root.entries.items()
        elif root is not None:
            detail = "A file of variables is a mapping, such as `region: east`."
            self._problems.append(error("wrong-type", detail, root.origin))

    def _is_declared(self, name: str, what: str, origin: Origin | None) -> bool:
        if name in self._declared:
            return True
        detail = (
            f"{what} gives a value to {key_quoted(name)}, and the spec has no such variable."
            f" {way_out(name, self._declared)}"
        )
        self._problems.append(error("unknown-variable", detail, origin))
        return False

    def _variable(self, name: str, declared: _Declared, given: _Given | None) -> Variable:
        if declared.type is VariableType.LIST:
            items = self._items(name, declared, given)
            return Variable(None, is_secret=False, items=items or Unknown(declared.origin))
        if declared.type is VariableType.SECRET and self._references.leaves_secrets:
            return Variable(UNREAD, is_secret=True)
        filled = self._text(name, declared, given)
        node = given.node if given else declared.default
        return Variable(
            filled.text if filled else None,
            is_secret=declared.type is VariableType.SECRET,
            source=filled.source if filled else None,
            folder=Path(node.origin.file).parent if node else Path(),
        )

    def _items(self, name: str, declared: _Declared, given: _Given | None) -> Listing | None:
        if given and given.source and isinstance(given.node, Scalar):
            return read_list(given.node.text, given.source, self._problems)
        node = self._node(name, declared, given)
        if isinstance(node, Listing):
            return filled_list(node, self._references, self._problems)
        if node is not None:
            self._refuse(name, "a list, such as `[a, b]`", node)
        return None

    def _node(self, name: str, declared: _Declared, given: _Given | None) -> Node | None:
        node = given.node if given else declared.default
        if node is None:
            detail = (
                f"The variable {key_quoted(name)} has no value and no default. Give it one with"
                f" `--var {name}=...`, a file (`--var-file`), or `export {PREFIX}{name}=...`."
            )
            self._problems.append(error("unset-variable", detail, declared.origin))
        return node

    def _text(self, name: str, declared: _Declared, given: _Given | None) -> Filled | None:
        node = self._node(name, declared, given)
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.is_null:
            is_list = isinstance(node, Listing)
            self._refuse(name, f"one value{', or its type `list`' if is_list else ''}", node)
            return None
        source = given.source if given else ""
        filled = Filled(node.text, source=source) if source else self._filled(node, declared)
        if filled is None or _is_of(declared.type, filled.text):
            return filled
        what = f"`{source}`" if source else f"The value of {key_quoted(name)}"
        shown = "" if source else f", not {quoted(node.text)}"
        detail = f"{what} has to be {_named(declared.type)}{shown}."
        self._problems.append(error("wrong-type", detail, None if source else node.origin))
        return None

    def _refuse(self, name: str, wanted: str, node: Node) -> None:
        detail = f"The value of {key_quoted(name)} has to be {wanted}."
        self._problems.append(error("wrong-type", detail, node.origin))

    def _filled(self, node: Scalar, declared: _Declared) -> Filled | None:
        """The text of a file, with its references; only a secret may refer to secrets."""
        is_secret = declared.type is VariableType.SECRET
        filled = self._references.fill(node, secret=is_secret)
        for fault in filled.faults:
            self._problems.append(error(fault.code, str(fault), node.origin))
        if is_secret and not filled.is_covered and node.text and not filled.faults:
            detail = (
                "Whoever reads the file reads this secret. Leave the default out, or write it as"
                " `${NAME}` or `${file:PATH}`."
            )
            self._problems.append(warning("literal-secret", detail, node.origin))
        return None if filled.faults else filled


def _given_as_text(text: str, source: str) -> _Given:
    return _Given(Scalar(text, plain=False, origin=Origin(source, 1, 1)), source)


def _is_of(wanted: VariableType, text: str) -> bool:
    match wanted:
        case VariableType.INTEGER:
            return DECIMAL.fullmatch(text) is not None
        case VariableType.BOOLEAN:
            return text in BOOLEANS
        case _:
            return True


def _named(wanted: VariableType) -> str:
    return "a whole number" if wanted is VariableType.INTEGER else "true or false"
