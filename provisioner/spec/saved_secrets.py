"""Secrets of a saved plan: by the names that it carries, read again where they come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from provisioner.errors import SettingsError
from provisioner.model import Secret
from provisioner.spec.references import NAME, Source, Unfilled
from provisioner.spec.secret_sources import SecretSources

FILE, KEYRING = f"{Source.FILE}:", f"{Source.KEYRING}:"
VARIABLE = re.compile(NAME)


def can_be_read_again(name: str) -> bool:
    """Whether the name of a Secret alone leads to its value, and to no command.

    What stands in a table or on the command line, or is put together with literal text, does not.
    """
    if "${" in name:
        return False
    return name.startswith((FILE, KEYRING)) or VARIABLE.fullmatch(name) is not None


def read_again(environ: Mapping[str, str], name: str, folder: str) -> Secret:
    """`folder` is that of the file which named it: a secret's path is relative to it.

    Raises SettingsError; no command is run, whatever the name says.
    """
    if not can_be_read_again(name):
        raise SettingsError(f"The saved plan wants {name!r} for a secret, which it may not.")
    sources = SecretSources(environ, allow_commands=False)
    try:
        if name.startswith(FILE):
            value = sources.value(Source.FILE, name.removeprefix(FILE), Path(folder))
        elif name.startswith(KEYRING):
            value = sources.value(Source.KEYRING, name.removeprefix(KEYRING), Path(folder))
        else:
            value = environ.get(name, "")
    except Unfilled as fault:
        raise SettingsError(str(fault)) from None
    if not value:
        raise SettingsError(
            f"The saved plan sends a secret that it does not carry. Run `export {name}=...` first."
        )
    return Secret(name, value)
