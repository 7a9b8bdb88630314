"""`provisioner init`: a spec to begin with, and what belongs beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from provisioner.cli import connection_options, options
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
PASSWORD = "CALLBACK_PASSWORD"  # noqa: S105 -- the name of a variable
"""What example specs and pipelines call the one password that they have."""
IGNORE_FILE = Path(".gitignore")
IGNORED = (".provisioner/", ".env")
"""State with what was sent to the embedded account, and credentials."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A spec; `variables` are those of passwords, which its pipeline needs; `hints` say what to
    run next."""

    text: str
    variables: tuple[str, ...]
    hints: tuple[str, ...]


@click.command(name="init")
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="[FOLDER]"
)
@click.option("--minimal", is_flag=True, help="Ask nothing: write an example that buys nothing.")
@click.option("--from-account", is_flag=True, help="Ask nothing: write what the live account has.")
@click.option(
    "--ci",
    type=click.Choice([*PIPELINE_OF, "none"]),
    default="github",
    show_default=True,
    help="Whose pipeline to write: plan on pull requests, apply on the main branch.",
)
@options.env_files
@connection_options.reaching
def command(
    folder: Path,
    minimal: bool,
    from_account: bool,
    ci: str,
    env_files: tuple[Path, ...],
    reaching: connection_options.Reaching,
) -> None:
    """Write a spec to begin with, a .gitignore and a pipeline into FOLDER (default: this one).

    Asks for what the first application, site and location should be; --from-account takes what is
    there instead. Nothing that is there is written over.
    """
    if minimal and from_account:
        raise click.UsageError("Give either --minimal or --from-account.")
    if reaching.sandbox and not from_account:
        raise click.UsageError("Without --from-account no account is asked: leave out --sandbox.")
    with told_errors(print_problems):
        _refuse_to_overwrite(folder, [DEFAULT_SPEC, Path(SCHEMA_FILE), *_pipeline(ci, ())])
        if from_account:
            beginning = _exported(folder, env_files, reaching)
        else:
            beginning = _of_answers(folder, Start() if minimal else _asked())
        texts = {
            DEFAULT_SPEC: beginning.text,
            Path(SCHEMA_FILE): json.dumps(spec_schema(resource_types()), indent=2) + "\n",
            **_pipeline(ci, beginning.variables),
        }
        ignored = folder / IGNORE_FILE
        if not ignored.exists():
            texts[IGNORE_FILE] = "".join(f"{line}\n" for line in IGNORED)
        _write(folder, texts)
        _tell(folder, texts, beginning, ci)


def _asked() -> Start:
    if not sys.stdin.isatty():
        raise SettingsError(
            "There is no terminal to ask on. Add --minimal to begin with an example instead, or "
            "--from-account to begin with what your account has."
        )
    # Checking answers takes jsonschema, which the example does without.
    from provisioner.cli.questions import ask

    return ask()


def _of_answers(folder: Path, start: Start) -> Beginning:
    hints = [f"cd {folder}"] if folder != Path() else []
    if start.user_id:
        hints.append(f"export {PASSWORD}=...     what your server asks for")
    hints += [
        "provisioner plan --sandbox       on an account embedded in the program",
        "provisioner plan                 on yours: export BW_CLIENT_ID,",
        "                                 BW_CLIENT_SECRET and BW_ACCOUNT_ID",
    ]
    return Beginning(starter_spec(start), (PASSWORD,), tuple(hints))


def _exported(
    folder: Path, env_files: tuple[Path, ...], reaching: connection_options.Reaching
) -> Beginning:
    """The whole account, as `export` has it."""
    # Asking an account takes what the other ways do without.
    from provisioner.cli.surveying import read_account, tell_exported
    from provisioner.spec.exporting import export_spec

    types = resource_types()
    live = read_account(types, {}, env_files, reaching)
    exported = export_spec(live, types)
    tell_exported(exported, live, types, folder / DEFAULT_SPEC)
    of_sandbox = " --sandbox" if reaching.sandbox else ""
    named = f" {folder / DEFAULT_SPEC}" if folder != Path() else ""
    hint = f"provisioner plan{named}{of_sandbox}     shows no changes: all of it is there"
    return Beginning(exported.text, exported.variables, (hint,))


def _pipeline(ci: str, variables: Iterable[str]) -> Mapping[Path, str]:
    """Whose pipeline, where it goes and what is in it: as handed out, for this one spec and its
    passwords."""
    if ci not in PIPELINE_OF:
        return {}
    path, name = PIPELINE_OF[ci]
    text = (PIPELINES / name).read_text(encoding="utf-8")
    of_ours = str(DEFAULT_SPEC)
    text = text.replace("specs: specs", f"specs: {of_ours}")
    text = text.replace("SPECS: specs", f"SPECS: {of_ours}")
    text = text.replace(
        f"  {PASSWORD}: ${{{{ secrets.{PASSWORD} }}}}\n",
        "".join(f"  {each}: ${{{{ secrets.{each} }}}}\n" for each in variables),
    )
    return {path: text.replace(f", {PASSWORD}.", "".join(f", {each}" for each in variables) + ".")}


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


def _tell(folder: Path, texts: Mapping[Path, str], beginning: Beginning, ci: str) -> None:
    for path in texts:
        click.echo(f"Wrote {folder / path}")
    if IGNORE_FILE not in texts:
        lines = (folder / IGNORE_FILE).read_text(encoding="utf-8", errors="replace").split()
        missing = [line for line in IGNORED if line not in lines]
        if missing:
            click.echo(f"Add to {folder / IGNORE_FILE}: {' and '.join(missing)}", err=True)
    click.echo("\nNext:", err=True)
    for hint in beginning.hints:
        click.echo(f"  {hint}", err=True)
    if ci != "none":
        click.echo(
            f"In {folder / PIPELINE_OF[ci][0]} say where the program comes from, and give the "
            "pipeline its secrets: its first lines name them.",
            err=True,
        )
