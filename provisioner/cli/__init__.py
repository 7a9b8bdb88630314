"""The command line. Only here: parsing, wiring, printing, exits, environment and signals."""

from provisioner.cli.program import main

__all__ = ["main"]
