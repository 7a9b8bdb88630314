"""From the command line to a desired state: the spec, and what it is filled in with."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.cli.env_files import read_env_file
from provisioner.cli.options import Filling
from provisioner.errors import SettingsError, SpecError
from provisioner.model import DesiredState
from provisioner.resource_type import Types
from provisioner.resources import resource_types
from provisioner.spec import Inputs, load_spec

SAVED_PLAN_SIGN = b'"format_version"'


@dataclass(frozen=True, slots=True)
class Reading:
    """A spec as it was read, with what it was filled in with. The connection goes by the same
    environment."""

    desired: DesiredState
    environ: Mapping[str, str]
    inputs: Inputs


ReadSpec = Callable[[tuple[Path, ...], Filling], Reading]


def read_spec(specs: tuple[Path, ...], filling: Filling) -> Reading:
    """Raises SpecError and SettingsError."""
    inputs = Inputs(filling.variables, filling.variable_files, filling.allow_commands)
    return _read(specs, filling, inputs)


def read_spec_without_secrets(specs: tuple[Path, ...], filling: Filling) -> Reading:
    """For commands that send none of its secrets: they work where none is, and run no command.

    Raises SpecError and SettingsError.
    """
    inputs = Inputs(filling.variables, filling.variable_files, leaves_secrets=True)
    return _read(specs, filling, inputs)


def _read(specs: tuple[Path, ...], filling: Filling, inputs: Inputs) -> Reading:
    for path in specs:
        if is_saved_plan(path):
            raise SettingsError(
                f"{path} is a saved plan and no spec: only `provisioner apply {path}` takes it. "
                "Name the spec files that it was made from."
            )
    environ, types = environment(filling.env_files), resource_types()
    desired = load_spec(specs, environ, types, inputs)
    if desired.templates:
        _try_templates(desired, types)
    return Reading(desired, environ, inputs)


def is_saved_plan(path: Path) -> bool:
    """Spec files may be JSON as well, but name no `format_version`. What comes through a pipe can
    be read once only, and is left alone."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError:
        return False
    return head.lstrip().startswith(b"{") and SAVED_PLAN_SIGN in head


def _try_templates(desired: DesiredState, types: Types) -> None:
    # Few specs have any, and it takes XML and Jinja, which `validate` does without otherwise.
    from provisioner.account.trial import template_problems

    if problems := template_problems(desired, types):
        raise SpecError((*problems, *desired.warnings))


def environment(env_files: tuple[Path, ...]) -> Mapping[str, str]:
    """That of the process with those of the files, of which a later one wins.

    What the process has under the same name must be the same: neither the account of a forgotten
    `export` nor that of a forgotten line is to win unseen. Raises SpecError and SettingsError.
    """
    found: dict[str, str] = {}
    for path in env_files:
        found |= read_env_file(path)
    differing = [name for name in found if os.environ.get(name, found[name]) != found[name]]
    if differing:
        names = " and ".join(sorted(differing))
        raise SettingsError(
            f"The environment and --env-file do not agree on {names}. Run `unset {differing[0]}`"
            " if the file is right, or take the line out of the file."
        )
    return {**os.environ, **found}
