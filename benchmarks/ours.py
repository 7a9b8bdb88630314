"""The program: its real commands, run in this process.

In this process, because starting an interpreter takes longer than provisioning a few sippeers, and
would hide what the commands themselves cost. Reading the spec, planning, and rendering plan,
progress and report are measured; starting Python and importing are not.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator, Mapping

from benchmarks.account import Account
from benchmarks.specs import CALLBACK_PASSWORD, Spec
from provisioner.cli import main


def provision(account: Account, spec: Spec, parallelism: int) -> None:
    _run(account, parallelism, "apply", str(spec.path), "--yes")


def read(account: Account, spec: Spec, parallelism: int) -> None:
    """A plan that must find nothing to do."""
    _run(account, parallelism, "plan", str(spec.path), "--detailed-exitcode")


def _run(account: Account, parallelism: int, *arguments: str) -> None:
    """Raises RuntimeError with what the command said, unless it ended with exit code 0."""
    output = io.StringIO()
    with (
        _environment(account),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        code = _exit_code([*arguments, "--parallelism", str(parallelism)])
    if code:
        raise RuntimeError(f"provisioner {arguments[0]} ended with {code}:\n{output.getvalue()}")


def _exit_code(arguments: list[str]) -> object:
    try:
        main(arguments)
    except SystemExit as ended:
        return ended.code
    return None


@contextlib.contextmanager
def _environment(account: Account) -> Iterator[None]:
    """The benchmark's own account, whatever account the environment names."""
    before: Mapping[str, str] = dict(os.environ)
    for name in [name for name in before if name.startswith("BW_")]:
        del os.environ[name]
    os.environ.update(
        BW_API_URL=account.url,
        BW_ACCOUNT_ID=account.id,
        BW_USERNAME=account.username,
        BW_PASSWORD=account.password,
        CALLBACK_PASSWORD=CALLBACK_PASSWORD,
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
