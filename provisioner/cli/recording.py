"""The journal of a command that changes the account, and what it says of the run."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from provisioner import __version__
from provisioner.cli.session import Session, private_file
from provisioner.errors import JournalError
from provisioner.execution.journal import Journal
from provisioner.execution.records import Occasion, Owner
from provisioner.execution.sealing import NOTHING_SEALED, Seals, key_file_of, make_key, read_seals

JOBS = ("CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL")
"""GitLab, Jenkins, CircleCI, Buildkite; GitHub gives the address in parts."""
GITHUB = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
GIT_SECONDS = 5


def open_journal(path: Path, session: Session) -> Journal:
    """Raises JournalError before anything is sent."""
    try:
        private_file(path)
    except OSError as error:
        in_the_way = isinstance(error, FileExistsError)
        why = "its folder is a file" if in_the_way else error.strerror or str(error)
        raise JournalError(
            f"The journal {path} cannot be written: {why}. Let this user write there, or name "
            "another file with --journal FILE. Nothing was sent."
        ) from None
    return Journal(path, now=session.clock.now)


def secret_key(journal: Path) -> bytes:
    """The key of the journal's digests, made where there is none. Raises JournalError."""
    file = key_file_of(journal)
    try:
        return make_key(file)
    except OSError as error:
        raise JournalError(
            f"The key {file} of the journal cannot be used: {error.strerror or error}. Let this "
            "user read and write it, or name another journal with --journal FILE. Nothing was sent."
        ) from None


def seals_known(journal: Path, session: Session) -> Seals:
    """For a plan, which needs no journal: what is of no use tells nothing."""
    try:
        return read_seals(journal, session.connection.identity, session.connection.account)
    except (JournalError, OSError):
        return NOTHING_SEALED


def occasion_of(session: Session) -> Occasion:
    desired = session.desired
    return Occasion(
        origin=session.connection.identity,
        account=session.connection.account,
        owner=Owner(_user(), socket.gethostname(), job_in(os.environ)),
        files=desired.files,
        digest=desired.digest,
        commit=_commit_of(desired.files),
        tool_version=__version__,
    )


def job_in(environ: Mapping[str, str]) -> str:
    """The CI job that the environment speaks of, as an address; "" outside of CI."""
    if all(environ.get(name) for name in GITHUB):
        server, repository, run = (environ[name] for name in GITHUB)
        return f"{server}/{repository}/actions/runs/{run}"
    return next((environ[name] for name in JOBS if environ.get(name)), "")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return str(os.getuid())


def _commit_of(files: tuple[str, ...]) -> str:
    """The git commit that the spec is of, with `+` where files differ from it; "" without git."""
    folder = Path(files[0]).parent if files else Path()
    command = ["git", "-C", str(folder), "describe", "--always", "--abbrev=40", "--dirty=+"]
    try:
        told = subprocess.run(  # noqa: S603 -- fixed arguments, and a folder
            [*command, "--exclude=*"],
            capture_output=True,
            text=True,
            check=True,
            timeout=GIT_SECONDS,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()
