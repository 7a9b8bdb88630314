"""A spec as it was at a git revision. Nothing is checked out, and no one is asked."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from provisioner.errors import Origin, Problem, ProvisionerError, SettingsError, SpecError
from provisioner.model import DesiredState
from provisioner.resource_type import Types
from provisioner.spec import Inputs, load_spec

SUFFIXES = frozenset({".yaml", ".yml", ".json", ".csv", ".j2", ".txt"})
"""What a spec and the files that it names are made of. The rest of a repository stays there."""
REGULAR_FILES = frozenset({b"100644", b"100755"})


class GitFailed(ProvisionerError):
    code = "git"
    summary = "Git could not tell"


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of the repository at `root`; `name` is what the user calls it."""

    name: str
    commit: str
    root: Path

    def __str__(self) -> str:
        short = self.commit[:10]
        return self.name if self.name.startswith(short) else f"{self.name} ({short})"


def find_revision(name: str, paths: Sequence[Path]) -> Revision:
    """The revision in the repository that has the paths, which must exist.

    Raises GitFailed with git's own words, and SettingsError where there is no git.
    """
    first = paths[0].resolve()
    folder = first if first.is_dir() else first.parent
    root = _git(folder, "rev-parse", "--show-toplevel").decode().rstrip("\n")
    wanted = f"{name}^{{commit}}"
    try:
        commit = _git(folder, "rev-parse", "--verify", "--end-of-options", wanted)
    except GitFailed:
        message = (
            f"There is no revision {name!r} in the repository {root}. In a pipeline it may have to "
            "be fetched first: a shallow clone has only the newest commit."
        )
        raise GitFailed(message) from None
    return Revision(name, commit.decode().strip(), Path(root))


def load_spec_at(
    revision: Revision,
    paths: Sequence[Path],
    environ: Mapping[str, str],
    types: Types,
    inputs: Inputs,
) -> DesiredState:
    """Paths that did not exist then declare nothing. Raises SpecError with the positions there."""
    with tempfile.TemporaryDirectory(prefix="provisioner-") as folder:
        copy = Path(folder)
        _write_files(revision, copy)
        then = [copy / _inside(revision.root, path) for path in paths]
        there = [path for path in then if path.exists()]
        if not there:
            return DesiredState(account="", resources={})
        try:
            return load_spec(there, environ, types, inputs)
        except SpecError as error:
            told = [_told_of(revision, copy, problem) for problem in error.told]
            raise SpecError(told) from None


def _inside(root: Path, path: Path) -> Path:
    try:
        return path.resolve().relative_to(root.resolve())
    except ValueError:
        message = f"{path} is not in the git repository {root}: there is nothing to compare with."
        raise SettingsError(message) from None


def _told_of(revision: Revision, copy: Path, problem: Problem) -> Problem:
    """The problem as one of the revision's file, and not of our copy of it."""
    prefix, name = f"{copy}/", f"{revision.name}:"

    def there(origin: Origin) -> Origin:
        file = origin.file.replace(prefix, name)
        return replace(origin, file=file, rows=tuple(map(there, origin.rows)))

    origin = problem.origin and there(problem.origin)
    return replace(problem, origin=origin, detail=problem.detail.replace(prefix, name))


def _write_files(revision: Revision, folder: Path) -> None:
    blobs = dict(_blobs(revision))
    asked = "".join(f"{blob}\n" for blob in blobs.values())
    answer = _git(revision.root, "cat-file", "--batch", content=asked.encode())
    for name in blobs:
        head, _, answer = answer.partition(b"\n")
        size = int(head.split()[-1])
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(answer[:size])
        answer = answer[size + 1 :]


def _blobs(revision: Revision) -> Iterator[tuple[str, str]]:
    """Path and object name of each regular file of the kinds that matter."""
    listed = _git(revision.root, "ls-tree", "-r", "-z", "--full-tree", revision.commit)
    for row in listed.split(b"\0")[:-1]:
        about, _, name = row.partition(b"\t")
        mode, _, blob = about.split()
        path = PurePosixPath(name.decode(errors="surrogateescape"))
        if mode in REGULAR_FILES and path.suffix in SUFFIXES and ".." not in path.parts:
            yield str(path), blob.decode()


def _git(folder: Path, *arguments: str, content: bytes = b"") -> bytes:
    git = shutil.which("git")
    if git is None:
        raise SettingsError("--against needs git, and there is none on the PATH.")
    ran = subprocess.run(  # noqa: S603 -- git itself, and the user's words only after --end-of-options
        [git, "-C", folder, *arguments], input=content, capture_output=True, check=False
    )
    if ran.returncode != 0:
        words = ran.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise GitFailed(f"git {arguments[0]}: {words}")
    return ran.stdout
