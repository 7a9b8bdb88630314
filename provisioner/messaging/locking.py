"""A file that one process at a time may work with."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.errors import SettingsError


@contextmanager
def locked(path: Path, told: str) -> Iterator[None]:
    """Holds the lock file at `path`. Raises SettingsError, saying what is `told`, where another
    process holds it. The lock ends with the process, however that ends."""
    with path.open("a") as file:
        os.fchmod(file.fileno(), 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(told) from None
        yield
