"""Where secrets come from beside the environment: files, the keyring, and commands.

No value, no output and no part of them goes into a message, whatever goes wrong.
"""

from __future__ import annotations

import importlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.spec.references import Source, Unfilled
from provisioner.spec.wording import key_quoted, quoted

LONGEST = 100_000
"""Bytes. No secret of a spec comes near it; a device or a log file may have no end."""
PATIENCE = 30.0
"""Seconds that a command may take."""
RUN_IT = "Its output is not shown, for there may be secrets in it: run it yourself."
NO_SHELL = "There is no shell: pipes and `$NAME` need a script."


@dataclass(slots=True)
class SecretSources:
    """Reads each secret once, however many resources have it.

    `environ` is what commands see; without `allow_commands` none is run: whoever may change a
    spec could otherwise run anything on the machine that checks it.
    """

    environ: Mapping[str, str] = field(repr=False)
    allow_commands: bool
    _known: dict[tuple[Source, str, Path], str | Unfilled] = field(default_factory=dict, repr=False)

    def value(self, source: Source, argument: str, folder: Path) -> str:
        """The secret. Paths are relative to `folder`, and commands run in it. Raises Unfilled."""
        key = (source, argument, folder)
        if key not in self._known:
            try:
                self._known[key] = self._read(source, argument, folder)
            except Unfilled as fault:
                self._known[key] = fault
        found = self._known[key]
        if isinstance(found, Unfilled):
            raise Unfilled(found.code, str(found))
        return found

    def _read(self, source: Source, argument: str, folder: Path) -> str:
        if source is Source.FILE:
            return _from_file(folder / argument)
        if source is Source.KEYRING:
            return _from_keyring(argument)
        return self._from_command(argument, folder)

    def _from_command(self, command: str, folder: Path) -> str:
        if not self.allow_commands:
            detail = (
                f"The spec wants to run {quoted(command)} for a secret, and commands are not"
                " allowed. Add --allow-commands if you trust everyone who can change the spec."
            )
            raise Unfilled("command-not-allowed", detail)
        import shlex  # noqa: PLC0415 -- few specs run commands, and this takes long to load
        import subprocess  # noqa: PLC0415 -- the same

        try:
            done = subprocess.run(  # noqa: S603 -- the user's own command, allowed by the user
                shlex.split(command),
                cwd=folder,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
            )
        except (OSError, ValueError) as fault:
            reason = fault.strerror if isinstance(fault, OSError) else str(fault)
            detail = f"{quoted(command)} cannot be started: {reason}. {NO_SHELL}"
            raise Unfilled("command-failed", detail) from None
        except subprocess.TimeoutExpired:
            detail = f"{quoted(command)} was not done after {PATIENCE:.0f} s. {RUN_IT}"
            raise Unfilled("command-failed", detail) from None
        if done.returncode:
            detail = f"{quoted(command)} ended with exit code {done.returncode}. {RUN_IT}"
            raise Unfilled("command-failed", f"{detail} {NO_SHELL}")
        return _one_line(done.stdout, f"What {quoted(command)} printed")


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                detail = (
                    f"{quoted(str(path))} can be read or changed by others than its owner (mode"
                    f" {stat.S_IMODE(mode):04o}). Run `chmod 600` on it."
                )
                raise Unfilled("open-secret-file", detail)
            data = file.read(LONGEST + 1)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        detail = (
            f"The secret cannot be read from {quoted(str(path))}: {reason}."
            " The path is relative to the file that names it."
        )
        raise Unfilled("unreadable-secret", detail) from None
    return _one_line(data, f"What {quoted(str(path))} holds")


def _one_line(data: bytes, what: str) -> str:
    """The text without the newline at its end, which editors and `echo` leave there."""
    if len(data) > LONGEST:
        raise Unfilled("unreadable-secret", f"{what} is too long for a secret.")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Unfilled("unreadable-secret", f"{what} is not UTF-8 text.") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise Unfilled("unreadable-secret", f"{what} is empty.")
    return text


def _from_keyring(argument: str) -> str:
    service, slash, name = argument.rpartition("/")
    if not (service and slash and name):
        detail = "A secret of the keyring is written `${keyring:SERVICE/NAME}`."
        raise Unfilled("bad-variable", detail)
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        detail = (
            f"{key_quoted(f'${{keyring:{argument}}}')} needs the Python package `keyring`, which"
            " is not installed. Run `pip install keyring` where the program runs, or use"
            " `${file:PATH}` or a variable."
        )
        raise Unfilled("no-keyring", detail) from None
    try:
        value = keyring.get_password(service, name)
    except Exception as fault:  # noqa: BLE001 -- every backend has failures of its own
        # Only the kind of failure is told: what a backend says may hold anything.
        detail = f"The keyring refused ({type(fault).__name__}). Is it locked?"
        raise Unfilled("unreadable-secret", detail) from None
    if not value:
        detail = (
            f"The keyring has no {quoted(name)} of {quoted(service)}."
            " Run `keyring set SERVICE NAME` with these two first."
        )
        raise Unfilled("unreadable-secret", detail)
    return str(value)
