"""`python -m provisioner`: the same as the command."""

from provisioner.cli import main

main()
