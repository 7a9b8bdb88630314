"""`provisioner init`: a spec to begin with, and what belongs beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from provisioner.cli.options import DEFAULT_SPEC
from provisioner.cli.output import print_problems, told_errors
from provisioner.errors import SettingsError
from provisioner.resources import resource_types
from provisioner.spec import spec_schema
from provisioner.spec.starter import SCHEMA_FILE, Start, starter_spec

PIPELINES = Path(__file__).parent / "pipelines"
PIPELINE_OF = {
    "github": (Path(".github/workflows/messaging.yml"), "github.yml"),
    "gitlab": (Path(".gitlab-ci.yml"), "gitlab.yml"),
}
IGNORE_FILE = Path(".gitignore")
IGNORED = (".provisioner/", ".env")
"""State with what was sent to the embedded account, and credentials."""


@click.command(name="init")
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="[FOLDER]"
)
@click.option("--minimal", is_flag=True, help="Ask nothing: write an example that buys nothing.")
@click.option(
    "--ci",
    type=click.Choice([*PIPELINE_OF, "none"]),
    default="github",
    show_default=True,
    help="Whose pipeline to write: plan on pull requests, apply on the main branch.",
)
def command(folder: Path, minimal: bool, ci: str) -> None:
    """Write a spec to begin with, a .gitignore and a pipeline into FOLDER (default: this one).

    Asks for what the first application, site and location should be. Nothing that is there is
    written over.
    """
    with told_errors(print_problems):
        _refuse_to_overwrite(folder, [DEFAULT_SPEC, Path(SCHEMA_FILE), *_pipeline(ci)])
        start = Start() if minimal else _asked()
        texts = {
            DEFAULT_SPEC: starter_spec(start),
            Path(SCHEMA_FILE): json.dumps(spec_schema(resource_types()), indent=2) + "\n",
            **_pipeline(ci),
        }
        ignored = folder / IGNORE_FILE
        if not ignored.exists():
            texts[IGNORE_FILE] = "".join(f"{line}\n" for line in IGNORED)
        _write(folder, texts)
        _tell(folder, texts, start, ci)


def _asked() -> Start:
    if not sys.stdin.isatty():
        raise SettingsError(
            "There is no terminal to ask on. Add --minimal to begin with an example instead."
        )
    # Checking answers takes jsonschema, which the example does without.
    from provisioner.cli.questions import ask

    return ask()


def _pipeline(ci: str) -> Mapping[Path, str]:
    """Whose pipeline, where it goes and what is in it: as handed out, for this one spec."""
    if ci not in PIPELINE_OF:
        return {}
    path, name = PIPELINE_OF[ci]
    text = (PIPELINES / name).read_text(encoding="utf-8")
    of_ours = str(DEFAULT_SPEC)
    text = text.replace("specs: specs", f"specs: {of_ours}")
    return {path: text.replace("SPECS: specs", f"SPECS: {of_ours}")}


def _refuse_to_overwrite(folder: Path, paths: Iterable[Path]) -> None:
    there = [str(folder / path) for path in paths if (folder / path).exists()]
    if there:
        verb = "is" if len(there) == 1 else "are"
        raise SettingsError(
            f"{', '.join(there)} {verb} there already, and nothing is written over. Name another "
            "folder, or go on with `provisioner plan`."
        )


def _write(folder: Path, texts: Mapping[Path, str]) -> None:
    """All folders first: where one cannot be made, nothing is written."""
    for path in texts:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        # "x": what somebody else made meanwhile is not written over either.
        with (folder / path).open("x", encoding="utf-8") as file:
            file.write(text)


def _tell(folder: Path, texts: Mapping[Path, str], start: Start, ci: str) -> None:
    for path in texts:
        click.echo(f"Wrote {folder / path}")
    if IGNORE_FILE not in texts:
        lines = (folder / IGNORE_FILE).read_text(encoding="utf-8", errors="replace").split()
        missing = [line for line in IGNORED if line not in lines]
        if missing:
            click.echo(f"Add to {folder / IGNORE_FILE}: {' and '.join(missing)}", err=True)
    click.echo("\nNext:", err=True)
    if folder != Path():
        click.echo(f"  cd {folder}", err=True)
    if start.user_id:
        click.echo("  export CALLBACK_PASSWORD=...     what your server asks for", err=True)
    click.echo("  provisioner plan --sandbox       on an account embedded in the program", err=True)
    click.echo("  provisioner plan                 on yours: export BW_CLIENT_ID,", err=True)
    click.echo("                                   BW_CLIENT_SECRET and BW_ACCOUNT_ID", err=True)
    if ci != "none":
        click.echo(
            f"In {folder / PIPELINE_OF[ci][0]} say where the program comes from, and give the "
            "pipeline its secrets: its first lines name them.",
            err=True,
        )
