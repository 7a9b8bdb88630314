"""The layout holds: who may import whom, what is pure, and where the world outside is touched.

Each rule is a function from one module to the sentences that say what is wrong with it. Each is
run on every module of the package, and on made-up modules that it must refuse or let pass.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "provisioner"

MAX_LINES = 320

# What each part may import of ours, beside itself. `provisioner` is the version in __init__.py.
LEAVES = {"digits", "errors", "lint", "provisioner"}
TYPES = {"resources", "resource_type", "block_kinds", "model"} | LEAVES
MESSAGING_VALUES = {
    f"messaging.{name}"
    for name in ("callbacks", "codes", "delivery", "findings", "message", "results", "segments")
}  # what is told of messages, beside what sends and takes them
MAY_IMPORT: dict[str, set[str]] = {
    "provisioner": set(),
    "digits": LEAVES,
    "errors": LEAVES,
    "lint": LEAVES,
    "model": LEAVES,
    "block_kinds": {"model"} | LEAVES,
    "resource_type": {"block_kinds", "model"} | LEAVES,
    "resources": {"resource_type", "block_kinds", "model"} | LEAVES,
    "spec": TYPES,
    "planning": TYPES,
    "account": {"planning"} | TYPES,
    "execution": {"account", "planning"} | TYPES,
    "messaging": {"account", "planning"} | TYPES,
    "views": {"planning", "execution.events", "execution.records", *MESSAGING_VALUES} | TYPES,
    "sandbox": set(),
}
COMMAND_LINE = {"cli", "__main__"}  # may import everything

PURE = {
    "block_kinds", "digits", "errors", "lint", "model", "resource_type", "resources", "planning",
    "views", "execution.events", "execution.records", *MESSAGING_VALUES,
}  # fmt: skip
IMPURE = {
    "asyncio", "glob", "http", "httpx", "io", "jinja2", "logging", "lxml", "multiprocessing", "os",
    "pathlib", "random", "secrets", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess",
    "tempfile", "threading", "time", "urllib", "yaml",
}  # fmt: skip

ONLY_IN = {
    "httpx": {"account", "messaging", "sandbox.outgoing.posting"},  # the last posts callbacks
    "lxml": {"account", "messaging", "sandbox"},
}

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base"}

Violations = Iterator[str]


@dataclass(frozen=True)
class Module:
    """One source file. `name` is relative to the package: `execution.events`, `cli`."""

    path: str
    name: str
    source: str
    tree: ast.Module

    @property
    def part(self) -> str:
        """The top-level package or module that it belongs to."""
        return self.name.partition(".")[0]

    def at(self, node: ast.expr | ast.stmt) -> str:
        return f"{self.path}:{node.lineno}"


def parse(path: str, source: str) -> Module:
    """`path` is relative to the repository, as in `provisioner/execution/events.py`."""
    parts = [part for part in Path(path).with_suffix("").parts if part != "__init__"]
    name = ".".join(parts[1:]) or "provisioner"
    return Module(path, name, source, ast.parse(source, path))


MODULES = [
    parse(path.relative_to(PACKAGE.parent).as_posix(), path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
]


def imports(module: Module) -> Iterator[tuple[str, str]]:
    """Position and full name of everything imported, those inside functions as well.

    A name imported from a package may be a module of it: `from x import y` gives `x.y`.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield module.at(node), alias.name
        elif isinstance(node, ast.ImportFrom):
            origin = [node.module] if node.module else []
            if node.level:
                folder = Path(module.path).parts[: -node.level]
                origin = [*folder, *origin]
            for alias in node.names:
                yield module.at(node), ".".join([*origin, alias.name])


def own_imports(module: Module) -> Iterator[tuple[str, str]]:
    """Imports from this package, named as `Module.name` is: `planning.plan.Plan`."""
    for position, name in imports(module):
        package, _, rest = name.partition(".")
        if package == "provisioner":
            is_version = rest in ("", "__version__")
            yield position, "provisioner" if is_version else rest


def is_within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def imports_only_from_below(module: Module) -> Violations:
    if module.part in COMMAND_LINE:
        return
    if module.part not in MAY_IMPORT:
        yield f"{module.path} has no place in the layout: give it one in MAY_IMPORT, or move it"
        return
    allowed = MAY_IMPORT[module.part] | {module.part}
    for position, name in own_imports(module):
        if not is_within(name, allowed):
            yield (
                f"{position} imports {name}, but {module.part} may import only "
                f"{', '.join(sorted(allowed))}"
            )


def stays_pure(module: Module) -> Violations:
    if not is_within(module.name, PURE):
        return
    for position, name in imports(module):
        library = name.partition(".")[0]
        if library in IMPURE:
            yield f"{position} imports {library}, but {module.part} is pure: pass the value in"
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="now" | "utcnow" | "today" as clock)):
                yield f"{module.at(node)} asks the clock ({clock}), but {module.part} is pure"
            case ast.Call(func=ast.Name(id="open")):
                yield f"{module.at(node)} opens a file, but {module.part} is pure"


def keeps_libraries_in_their_place(module: Module) -> Violations:
    for position, name in imports(module):
        library = name.partition(".")[0]
        if library in ONLY_IN and not is_within(module.name, ONLY_IN[library]):
            places = " and ".join(sorted(ONLY_IN[library]))
            yield f"{position} imports {library}, but only {places} may know it"


def changes_nothing_that_is_not_announced(module: Module) -> Violations:
    """A client's writes are called by `account/sending.py` alone, which announces them."""
    if module.part not in {"account", "execution"} or module.name == "account.sending":
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Name(id="client") | ast.Attribute(attr="client"),
                    attr="post" | "put" | "patch" | "delete" as method,
                )
            ):
                yield f"{module.at(node)} calls client.{method}: send it by Writer.sending"


def leaves_the_process_to_the_command_line(module: Module) -> Violations:
    if module.part in COMMAND_LINE:
        return
    forbidden = {"sys.exit", "os._exit", "os.environ", "os.getenv", "signal"}
    for position, name in imports(module):
        if is_within(name, forbidden):
            yield f"{position} imports {name}: only cli exits, catches signals, reads variables"
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(value=ast.Name(id="sys" | "os" as owner), attr=attribute) if (
                f"{owner}.{attribute}" in forbidden
            ):
                yield f"{module.at(node)} uses {owner}.{attribute}: only cli does"
            case ast.Call(func=ast.Name(id="print" | "exit" | "quit" | "input" as function)):
                yield f"{module.at(node)} calls {function}: only cli does"
            case ast.Raise(exc=ast.Name(id="SystemExit") | ast.Call(func=ast.Name("SystemExit"))):
                yield f"{module.at(node)} raises SystemExit: only cli exits"


def is_short_enough(module: Module) -> Violations:
    lines = len(module.source.splitlines())
    if lines > MAX_LINES:
        yield f"{module.path} has {lines} lines, more than {MAX_LINES}: which two things is it?"


def has_a_name_that_says_something(module: Module) -> Violations:
    for part in module.name.split("."):
        if EMPTY_NAMES & set(part.split("_")):
            yield f"{module.path} is named {part}: name it after what it holds"


def gives_a_reason_for_each_exception(module: Module) -> Violations:
    marker = re.compile(r"#\s*(pragma: no (?:cover|branch)|noqa|type: ignore)(\S*(?:, ?\w+)*)(.*)")
    for number, line in enumerate(module.source.splitlines(), start=1):
        found = marker.search(line)
        if found and not re.search(r"(--|#) *\w+", found[3]):
            yield f"{module.path}:{number} has `{found[1]}` without a reason (add ` -- why`)"


Rule = Callable[[Module], Violations]

RULES: list[Rule] = [
    imports_only_from_below,
    stays_pure,
    keeps_libraries_in_their_place,
    changes_nothing_that_is_not_announced,
    leaves_the_process_to_the_command_line,
    is_short_enough,
    has_a_name_that_says_something,
    gives_a_reason_for_each_exception,
]

# Made-up modules that break a rule, and words that the complaint must have.
REFUSED: list[tuple[Rule, str, str, str]] = [
    (imports_only_from_below, "model.py", "from provisioner.spec import load", "spec.load"),
    (imports_only_from_below, "model.py", "import provisioner.planning.plan", "planning.plan"),
    (imports_only_from_below, "planning/plan.py", "from provisioner import spec", "spec"),
    (imports_only_from_below, "planning/plan.py", "from ..account import client", "account.client"),
    (imports_only_from_below, "planning/__init__.py", "from .. import spec", "imports spec"),
    (imports_only_from_below, "account/a.py", "from provisioner.spec import load", "spec.load"),
    (imports_only_from_below, "account/a.py", "def f():\n  import provisioner.cli", ":2 imports"),
    (imports_only_from_below, "views/a.py", "from provisioner.execution import run", "execution"),
    (imports_only_from_below, "sandbox/a.py", "from provisioner.model import Address", "sandbox"),
    (imports_only_from_below, "sandbox/a.py", "from provisioner.errors import Problem", "sandbox"),
    (imports_only_from_below, "new/a.py", "", "no place in the layout"),
    (stays_pure, "model.py", "import os", "imports os"),
    (stays_pure, "views/text.py", "from pathlib import Path", "imports pathlib"),
    (stays_pure, "resources/site.py", "def f():\n  import lxml.etree", ":2 imports lxml"),
    (stays_pure, "execution/events.py", "import asyncio", "imports asyncio"),
    (stays_pure, "planning/plan.py", "import datetime\ndatetime.datetime.now()", "asks the clock"),
    (stays_pure, "views/json.py", "open('x')", "opens a file"),
    (
        keeps_libraries_in_their_place,
        "execution/a.py",
        "import httpx",
        "only account and messaging and sandbox.outgoing.posting",
    ),
    (keeps_libraries_in_their_place, "spec/a.py", "from lxml import etree", "imports lxml"),
    (keeps_libraries_in_their_place, "cli/a.py", "import httpx", "imports httpx"),
    (keeps_libraries_in_their_place, "sandbox/a.py", "import httpx", "imports httpx"),
    (changes_nothing_that_is_not_announced, "account/a.py", "client.post(p, b)", "client.post"),
    (changes_nothing_that_is_not_announced, "execution/a.py", "w.client.delete(p)", ":1 calls"),
    (leaves_the_process_to_the_command_line, "views/a.py", "print(1)", "calls print"),
    (leaves_the_process_to_the_command_line, "spec/a.py", "import sys\nsys.exit(1)", "sys.exit"),
    (leaves_the_process_to_the_command_line, "spec/a.py", "from sys import exit", "sys.exit"),
    (leaves_the_process_to_the_command_line, "spec/a.py", "import os\nos.environ", "os.environ"),
    (leaves_the_process_to_the_command_line, "spec/a.py", "from os import getenv", "os.getenv"),
    (leaves_the_process_to_the_command_line, "account/a.py", "import signal", "signal"),
    (leaves_the_process_to_the_command_line, "account/a.py", "raise SystemExit(2)", "SystemExit"),
    (leaves_the_process_to_the_command_line, "account/a.py", "raise SystemExit", "SystemExit"),
    (is_short_enough, "model.py", "\n" * (MAX_LINES + 1), "321 lines"),
    (has_a_name_that_says_something, "spec/utils.py", "", "named utils"),
    (has_a_name_that_says_something, "common/names.py", "", "named common"),
    (has_a_name_that_says_something, "account/xml_helpers.py", "", "named xml_helpers"),
    (gives_a_reason_for_each_exception, "model.py", "x = 1  # noqa: S101", "noqa"),
    (gives_a_reason_for_each_exception, "model.py", "x = 1  # noqa: S101, B009", "noqa"),
    (gives_a_reason_for_each_exception, "model.py", "x = 1  # type: ignore[misc]", "type: ignore"),
    (gives_a_reason_for_each_exception, "model.py", "x = 1  # pragma: no cover", "no cover"),
]

# And modules that look alike but are right.
ACCEPTED: list[tuple[Rule, str, str]] = [
    (imports_only_from_below, "cli/__init__.py", "from provisioner.sandbox import serve"),
    (imports_only_from_below, "views/text.py", "from provisioner.execution.events import Event"),
    (imports_only_from_below, "views/text.py", "from provisioner.execution import events"),
    (imports_only_from_below, "views/json.py", "from provisioner import __version__"),
    (imports_only_from_below, "resources/site.py", "from provisioner.resource_type import Field"),
    (imports_only_from_below, "planning/planner.py", "from . import ordering"),
    (imports_only_from_below, "model.py", "import planning"),
    (stays_pure, "account/client.py", "import os, time, asyncio"),
    (stays_pure, "planning/plan.py", "from datetime import datetime"),
    (keeps_libraries_in_their_place, "account/client.py", "import httpx\nfrom lxml import etree"),
    (keeps_libraries_in_their_place, "sandbox/bodies.py", "from lxml import etree"),
    (keeps_libraries_in_their_place, "sandbox/outgoing/posting.py", "import httpx"),
    (changes_nothing_that_is_not_announced, "account/a.py", "client.get(p)\nsending.post(p, b)"),
    (changes_nothing_that_is_not_announced, "account/sending.py", "self.client.post(p, b)"),
    (leaves_the_process_to_the_command_line, "cli/main.py", "import sys\nprint(1)\nsys.exit(0)"),
    (leaves_the_process_to_the_command_line, "views/text.py", "import sys\nsys.maxsize"),
    (is_short_enough, "model.py", "\n" * MAX_LINES),
    (has_a_name_that_says_something, "account/database.py", ""),
    (gives_a_reason_for_each_exception, "model.py", "x = 1  # noqa: S101, B009 -- proven above"),
    (gives_a_reason_for_each_exception, "model.py", "x = 1  # type: ignore[misc]  # untyped"),
    (gives_a_reason_for_each_exception, "model.py", "x = 1  # pragma: no cover -- only Windows"),
]


def test_the_rules_see_the_whole_package() -> None:
    names = {module.name for module in MODULES}
    assert {"provisioner", "model", "errors", "resource_type"} <= names
    assert {module.part for module in MODULES} > {"cli", "account", "planning", "spec", "sandbox"}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_module_keeps_each_rule(rule: Rule, module: Module) -> None:
    violations = list(rule(module))
    assert not violations, "\n".join(violations)


@pytest.mark.parametrize(("rule", "path", "source", "words"), REFUSED)
def test_a_module_that_breaks_a_rule_is_named(
    rule: Rule, path: str, source: str, words: str
) -> None:
    violations = list(rule(parse(f"provisioner/{path}", source)))
    assert len(violations) == 1
    assert f"provisioner/{path}" in violations[0]
    assert words in violations[0]


@pytest.mark.parametrize(("rule", "path", "source"), ACCEPTED)
def test_a_module_that_keeps_the_rules_passes(rule: Rule, path: str, source: str) -> None:
    assert list(rule(parse(f"provisioner/{path}", source))) == []


def test_each_rule_is_shown_to_refuse_and_to_accept() -> None:
    assert {case[0] for case in REFUSED} == set(RULES)
    assert {case[0] for case in ACCEPTED} == set(RULES)
