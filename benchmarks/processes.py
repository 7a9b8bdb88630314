"""Programs of others, run in a process of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAST = 3000


def run(program: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
    """`program` is below the repository. Raises RuntimeError with what it said last, unless it
    ends with 0."""
    done = subprocess.run(
        [ROOT / program, *arguments],
        check=False,
        env={**os.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{program.name} ended with {done.returncode}:\n{done.stdout[-LAST:]}")
