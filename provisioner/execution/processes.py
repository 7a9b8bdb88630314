"""Whether the process that a lease belongs to is still there."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
ENDED_STATES = frozenset("ZX")


@dataclass(frozen=True, slots=True)
class Process:
    """`place` is where its number means something: this boot of this host, and the container, if
    the system has such. `born` tells it from a later process of the same number, where the system
    says so."""

    place: str
    number: int
    born: str


def this_process() -> Process:
    number = os.getpid()
    return Process(_place(), number, _state_and_birth(number)[1])


def is_gone(process: Process) -> bool:
    """Only where it is certain: what runs elsewhere cannot be seen from here."""
    if process.place != _place():
        return False
    if not (PROC / "self/stat").exists():
        return not _answers(process.number)
    state, born = _state_and_birth(process.number)
    return state in ENDED_STATES or born != process.born


def _place() -> str:
    parts = [socket.gethostname()]
    for name in ("sys/kernel/random/boot_id", "self/ns/pid"):
        path = PROC / name
        try:
            parts.append(str(path.readlink()) if path.is_symlink() else path.read_text().strip())
        except OSError:
            parts.append("")
    return " ".join(parts)


def _state_and_birth(number: int) -> tuple[str, str]:
    """The third and the twenty-second field of its `stat`; the second may contain spaces."""
    try:
        fields = (PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "X", ""
    return fields[0], fields[19]


def _answers(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
