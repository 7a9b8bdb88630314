"""The command line. Only here: parsing, wiring, printing, exits, environment and signals."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from provisioner.cli.exits import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provisioner.account.clock import Clock


def main(arguments: Sequence[str] | None = None, clock: Clock | None = None) -> None:
    """Runs the command line and exits; `clock` is the time that it goes by, if not the machine's.

    What that takes is loaded in here: Ctrl-C may come while it is.
    """
    try:
        from provisioner.cli.program import run

        run(arguments, clock)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(INTERRUPTED)
