"""`provisioner export`: the live account as a spec."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import click

from provisioner.cli import connection_options, options
from provisioner.cli.output import print_problems, told_errors
from provisioner.cli.surveying import read_account, tell_exported
from provisioner.errors import SettingsError
from provisioner.resources import resource_types
from provisioner.spec.exporting import export_spec
from provisioner.spec.number_blocks import counted_blocks, listed_blocks
from provisioner.spec.selection import select


@click.command(name="export")
@click.option("--site", "sites", multiple=True, metavar="NAME", help="Only this site, and so on.")
@click.option(
    "--application", "applications", multiple=True, metavar="NAME", help="Only this application."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file."
)
@click.option(
    "--split",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write a file for each site and one for the applications into this folder.",
)
@click.option("--exact-numbers", is_flag=True, help="List the numbers instead of counting them.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@options.env_files
@connection_options.reaching
def command(
    sites: tuple[str, ...],
    applications: tuple[str, ...],
    output: Path | None,
    split: Path | None,
    exact_numbers: bool,
    force: bool,
    env_files: tuple[Path, ...],
    reaching: connection_options.Reaching,
) -> None:
    """Print the live account as a spec, or write it to files.

    A plan of what was exported has no changes. With --site, the applications of its locations
    come along.
    """
    wanted, types = {"site": sites, "application": applications}, resource_types()
    with told_errors(print_problems):
        _check_targets(output, split, force=force)
        live = select(read_account(types, wanted, env_files, reaching), wanted, types)
        exported = export_spec(live, types, listed_blocks if exact_numbers else counted_blocks)
        if output:
            _write({output: exported.text})
        elif split:
            _write({split / name: text for name, text in exported.files(types).items()})
            _tell_of_strangers(split, exported.files(types))
        else:
            click.echo(exported.text, nl=False)
        tell_exported(exported, live, types, output or split)


def _check_targets(output: Path | None, split: Path | None, *, force: bool) -> None:
    """Before anything is read, which may take a while."""
    if output and split:
        raise click.UsageError("Give either --output or --split.")
    if output and output.is_dir():
        raise SettingsError(f"{output} is a folder. Name a file in it, or use --split {output}.")
    if output and not output.absolute().parent.is_dir():
        raise SettingsError(f"There is no folder {output.parent} to write {output.name} into.")
    if split and split.exists() and not split.is_dir():
        raise SettingsError(f"{split} is a file. Name a folder, or use --output {split}.")
    there = [output] if output and output.exists() else _specs_in(split) if split else []
    if there and not force:
        verb = "is" if len(there) == 1 else "are"
        raise SettingsError(
            f"{', '.join(map(str, there))} {verb} there already. Choose another place, or add "
            "--force to write over files."
        )


def _specs_in(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _tell_of_strangers(folder: Path, written: Collection[str]) -> None:
    strangers = [each.name for each in _specs_in(folder) if each.name not in written]
    if strangers:
        click.echo(
            f"Also in {folder}, and so part of the spec: {', '.join(strangers)}. Move away what "
            "does not belong to it.",
            err=True,
        )
