"""The templates of request bodies that a spec brings along: found and read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from provisioner.errors import Origin, Problem
from provisioner.resource_type import Types
from provisioner.spec.files import SpecFile, read_file
from provisioner.spec.problems import error
from provisioner.spec.wording import closest, key_quoted, listed, printable, quoted

TEMPLATE = ".j2"
OF_A_BODY = ".xml.j2"


def read_templates(
    folder: Path, named_at: Origin, types: Types, problems: list[Problem]
) -> dict[str, SpecFile]:
    """The files of a folder by the resource type whose bodies they are for.

    What is no template (`*.j2`) may lie beside them; a template that no type uses is a slip.
    """
    found: dict[str, SpecFile] = {}
    for path in _templates_in(folder, named_at, problems):
        name = path.name.removesuffix(OF_A_BODY)
        if name not in types or not path.name.endswith(OF_A_BODY):
            problems.append(_unknown(path, types))
        elif file := read_file(path, problems, named_at):
            found[name] = file
    return found


def _templates_in(folder: Path, named_at: Origin, problems: list[Problem]) -> Iterator[Path]:
    try:
        inside = sorted(each for each in folder.iterdir() if each.name.endswith(TEMPLATE))
    except OSError as fault:
        detail = f"The folder {printable(folder)} cannot be read: {fault.strerror}."
        problems.append(error("no-such-file", detail, named_at))
        return
    if not inside:
        detail = (
            f"The folder {printable(folder)} has no templates. Put `TYPE.xml.j2` into it, such as"
            " `sms.xml.j2`, or remove the line."
        )
        problems.append(error("no-such-file", detail, named_at))
    yield from inside


def _unknown(path: Path, types: Types) -> Problem:
    possible = [f"{name}{OF_A_BODY}" for name in types]
    detail = f"{quoted(path.name)} is for no resource type."
    if meant := closest(path.name, possible):
        detail += f" Did you mean {key_quoted(meant)}?"
    else:
        detail += f" There are {listed([key_quoted(name) for name in possible], 'and')}."
    return error("unknown-template", detail, Origin(str(path), 1, 1))
