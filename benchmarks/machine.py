"""What was measured on, and what else it had to do then."""

from __future__ import annotations

import os
import platform
from pathlib import Path

LOAD = os.getloadavg()[0]
"""Before anything is measured."""


def machine() -> str:
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores ({_processor()}), "
        f"load {LOAD:.1f} before"
    )


def _processor() -> str:
    """Linux keeps it in a file; elsewhere the name of the architecture has to do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
