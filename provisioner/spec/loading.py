"""Files to desired state: the way through the package, and what concerns all files together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from provisioner.errors import Origin, Problem, Severity, SpecError
from provisioner.model import DesiredState, Limits
from provisioner.resource_type import Types
from provisioner.spec.checks import cross_problems, unknown_references
from provisioner.spec.composition import compose
from provisioner.spec.declarations import Declarations, absent
from provisioner.spec.files import SpecFile, find_files, read_file
from provisioner.spec.nodes import Node, Scalar, Table, entry_at
from provisioner.spec.problems import error, in_order
from provisioner.spec.schema import IDENTIFIER, spec_schema
from provisioner.spec.validation import schema_problems
from provisioner.spec.values import Typing
from provisioner.spec.wording import quoted

ACCOUNT_VARIABLE = "BW_ACCOUNT_ID"


def load_spec(paths: Sequence[Path], environ: Mapping[str, str], types: Types) -> DesiredState:
    """What the files say, as one desired state.

    `paths` are files, or folders whose *.yaml and *.yml files are meant. `environ` gives the
    variables of the values, and BW_ACCOUNT_ID for specs that name no account; where neither does,
    the account is "". Raises SpecError with all problems at once, warnings among them.
    """
    problems: list[Problem] = []
    found = find_files(paths, problems)
    files = [file for path in found if (file := read_file(path, problems))]
    some_are_missing = bool(problems)
    declarations = Declarations(types, problems)
    settings = _Settings(problems)
    schema = spec_schema(types)
    for file in files:
        root = _root(file, problems)
        if root is None:
            some_are_missing = True
            continue
        typing = Typing(environ, problems)
        values = typing.value(root, schema)
        problems += schema_problems(schema, values, root, typing.faulty)
        if isinstance(root, Table):
            declarations.read(root, values)
            settings.read(root, values)
    problems += cross_problems(declarations)
    if not some_are_missing:
        problems += unknown_references(declarations)
    account = settings.account(environ.get(ACCOUNT_VARIABLE, ""))
    sorted_problems = in_order(problems, [str(path) for path in found])
    if any(problem.severity is Severity.ERROR for problem in sorted_problems):
        raise SpecError(sorted_problems)
    return DesiredState(
        account=account,
        resources=declarations.resources,
        absent=absent(declarations),
        pins=declarations.pins,
        limits=settings.limits(),
        origins=declarations.origins,
        files=tuple(file.name for file in files),
        digest=_digest(files),
        warnings=sorted_problems,
    )


def _root(file: SpecFile, problems: list[Problem]) -> Node | None:
    seen = len(problems)
    root = compose(file.name, file.text, problems)
    has_nothing = isinstance(root, Scalar) and root.is_null
    if has_nothing or (root is None and len(problems) == seen):
        detail = "Nothing is declared in it. Begin with the line `version: 1`."
        problems.append(error("empty-file", detail, Origin(file.name, 1, 1)))
        return None
    return root


def _digest(files: Sequence[SpecFile]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.data)
    return digest.hexdigest()


class _Settings:
    """What is said once for all files; several files may say it, but not different things."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._values: dict[str, tuple[Any, Origin]] = {}

    def read(self, root: Table, values: Mapping[str, Any]) -> None:
        self._take(root, values, ("account",), str, "account-mismatch")
        self._take(root, values, ("limits", "new_numbers"), int, "limit-mismatch")

    def account(self, from_environ: str) -> str:
        """The account of the files and of the environment, which have to agree."""
        if from_environ and not re.fullmatch(IDENTIFIER, from_environ):
            detail = f"{ACCOUNT_VARIABLE} is {quoted(from_environ)}, which is no account id."
            self._problems.append(error("wrong-form", detail))
        account, origin = self._values.get("account", ("", None))
        if account and from_environ and account != from_environ:
            detail = (
                f"The account is {quoted(account)} here and {quoted(from_environ)} in"
                f" {ACCOUNT_VARIABLE}. Change or remove one of them."
            )
            self._problems.append(error("account-mismatch", detail, origin))
        return account or from_environ

    def limits(self) -> Limits:
        if "limits.new_numbers" in self._values:
            return Limits(new_numbers=self._values["limits.new_numbers"][0])
        return Limits()

    def _take(
        self,
        root: Table,
        values: Mapping[str, Any],
        path: tuple[str, ...],
        wanted: type,
        mismatch: str,
    ) -> None:
        entry = entry_at(root, path)
        if entry is None:
            return
        value: Any = values
        for key in path:
            value = value[key]
        if type(value) is not wanted:
            return
        name = ".".join(path)
        first, where = self._values.setdefault(name, (value, entry.value.origin))
        if value != first:
            detail = (
                f"`{name}` is {quoted(str(value))} here and {quoted(str(first))} at {where}."
                " All files together are one spec: keep one of them."
            )
            self._problems.append(error(mismatch, detail, entry.value.origin))
