"""What is said once for all files of a spec: the account, limits, templates, levels of warnings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from provisioner.errors import Origin, Problem
from provisioner.lint import WARNINGS, Level
from provisioner.model import Limits
from provisioner.resource_type import Types
from provisioner.spec.nodes import Table, entry_at
from provisioner.spec.problems import error
from provisioner.spec.settings_schema import IDENTIFIER
from provisioner.spec.wording import quoted

ACCOUNT_VARIABLE = "BW_ACCOUNT_ID"


class Settings:
    """What is said once for all files; several files may say it, but not different things."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._values: dict[str, tuple[Any, Origin]] = {}

    def read(self, root: Table, values: Mapping[str, Any]) -> None:
        self._take(root, values, ("account",), str, "account-mismatch")
        for each in fields(Limits):
            self._take(root, values, ("limits", each.name), int, "limit-mismatch")
        self._take(root, values, ("prune",), list, "prune-mismatch")
        entry = entry_at(root, ("templates",))
        if entry is not None and isinstance(values["templates"], str):
            folder = Path(entry.value.origin.file).parent / values["templates"]
            self._keep("templates", str(folder), entry.value.origin, "templates-mismatch")
        for code in WARNINGS:
            self._take(root, values, ("lint", code), str, "lint-mismatch")

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
        named = {each.name: self._values.get(f"limits.{each.name}") for each in fields(Limits)}
        return Limits(**{name: said[0] for name, said in named.items() if said is not None})

    def prune(self, types: Types) -> frozenset[str]:
        """The types of the sections that are named."""
        sections, _ = self._values.get("prune", ([], None))
        return frozenset(each.name for each in types.values() if each.section in sections)

    def templates(self) -> tuple[Path, Origin] | None:
        """The folder of the spec's own templates, and where it is named."""
        if "templates" not in self._values:
            return None
        folder, origin = self._values["templates"]
        return Path(folder), origin

    def levels(self) -> Mapping[str, Level]:
        """How seriously the files take which warnings. What is no level has been reported."""
        known = set(Level)
        return {
            code: Level(value)
            for code in WARNINGS
            for value, _ in [self._values.get(f"lint.{code}", ("", None))]
            if value in known
        }

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
        if type(value) is wanted:
            self._keep(".".join(path), value, entry.value.origin, mismatch)

    def _keep(self, name: str, value: Any, origin: Origin, mismatch: str) -> None:
        first, where = self._values.setdefault(name, (value, origin))
        if value != first:
            detail = (
                f"`{name}` is {quoted(str(value))} here and {quoted(str(first))} at {where}."
                " All files together are one spec: keep one of them."
            )
            self._problems.append(error(mismatch, detail, origin))
