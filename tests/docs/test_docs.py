"""What the documentation says is what the program does."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from provisioner.cli.program import COMMANDS, program
from provisioner.lint import WARNINGS
from provisioner.resources import resource_types
from provisioner.spec import spec_schema
from provisioner.spec.references import Source

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS_PAGE = (ROOT / "docs/commands.md").read_text()
SPEC_PAGE = (ROOT / "docs/spec.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
EXAMPLES = sorted(
    each
    for each in (ROOT / "examples").iterdir()
    if each.suffix == ".yaml" or (each / "provisioner.yaml").exists()
)


def command_named(name: str) -> click.Command:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    return command


def options_of(name: str) -> set[str]:
    return {
        spelling
        for parameter in command_named(name).params
        if isinstance(parameter, click.Option)
        for spelling in parameter.opts
    }


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLBACK_PASSWORD", "choose-one")
    monkeypatch.setenv("COLUMNS", "80")


def test_the_readme_shows_the_plan_of_the_example_as_it_is_printed() -> None:
    arguments = ["plan", "examples/quickstart.yaml", "--sandbox"]
    shown = next(block for block in code_blocks(README, "console") if "Plan for account" in block)
    printed = CliRunner().invoke(program, arguments, catch_exceptions=False).stdout
    assert printed == shown[shown.index("Plan for account") :]


def test_the_readme_shows_the_example_as_it_is() -> None:
    assert (ROOT / "examples/quickstart.yaml").read_text() in code_blocks(README, "yaml")


def test_every_command_and_option_in_the_pages_exists() -> None:
    known = {name: options_of(name) | {"--help"} for name in COMMANDS}
    every = set().union(*known.values()) | {"--version"}
    for page in PAGES:
        text = page.read_text()
        for name in re.findall(r"`?provisioner ([a-z]+)\b", text):
            assert name in known, f"{page.name}: provisioner {name}"
        mentioned = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
        elsewhere = {"--golden", "--upgrade"}  # pytest's and scripts/lock's
        assert mentioned <= every | elsewhere, f"{page.name}: {mentioned - every - elsewhere}"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_commands_has_every_option(name: str) -> None:
    assert f"provisioner {name}" in COMMANDS_PAGE
    for option in options_of(name):
        assert f"`{option}" in COMMANDS_PAGE, f"{name} {option}"


def test_the_options_table_says_rightly_which_commands_have_an_option() -> None:
    known = {name: options_of(name) for name in COMMANDS}
    rows = re.findall(r"^\| `(--?[a-z-]+)[^|]*\| ([a-z, ]+) \|", COMMANDS_PAGE, re.MULTILINE)
    assert rows
    for option, names in rows:
        having = {name for name, options in known.items() if option in options}
        assert set(names.split(", ")) == having, option


@pytest.mark.parametrize("type_name", resource_types())
def test_the_page_of_the_spec_has_every_key(type_name: str) -> None:
    resource_type = resource_types()[type_name]
    keys = {part for row in resource_type.spec_fields for part in row.name.split(".")}
    for key in {resource_type.section, *keys}:
        assert f"`{key}`" in SPEC_PAGE or f"`{key}:" in SPEC_PAGE, key


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_applies_and_then_plans_to_nothing(path: Path) -> None:
    apply_and_plan(path)


@pytest.mark.parametrize("number", range(len(code_blocks(SPEC_PAGE, "yaml"))))
def test_every_spec_of_the_page_applies_and_then_plans_to_nothing(
    number: int, tmp_path: Path
) -> None:
    for included in ("applications.yaml", "customers/acme.yaml"):
        (tmp_path / included).parent.mkdir(exist_ok=True)
        (tmp_path / included).write_text("version: 1\n")
    spec = tmp_path / "spec.yaml"
    spec.write_text(code_blocks(SPEC_PAGE, "yaml")[number])
    apply_and_plan(spec)


def apply_and_plan(spec: Path) -> None:
    run = CliRunner()
    validated = run.invoke(program, ["validate", str(spec)])
    assert validated.exit_code == 0, validated.output
    applied = run.invoke(program, ["apply", str(spec), "--sandbox", "--yes", "--quiet"])
    assert applied.exit_code == 0, applied.output
    planned = run.invoke(program, ["plan", str(spec), "--sandbox", "--detailed-exitcode"])
    assert planned.exit_code == 0, planned.output
    assert "No changes." in planned.stdout


def test_the_page_of_the_spec_lists_every_warning_with_its_level() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (error|warning|off) \| (.+) \|$", SPEC_PAGE, re.MULTILINE
    )
    assert rows == [
        (code, warned.level.value, warned.meaning) for code, warned in sorted(WARNINGS.items())
    ]


def test_the_page_of_the_spec_has_every_key_around_the_resources() -> None:
    keys = [*spec_schema(resource_types())["properties"], "for_each", "where"]
    for key in keys:
        assert f"`{key}`" in SPEC_PAGE, key
    for source in Source:
        written = "${NAME}" if source is Source.ENVIRONMENT else f"${{{source.value}"
        assert f"| `{written}" in SPEC_PAGE, source


def test_every_example_is_in_its_editor_s_eyes_right() -> None:
    """The schema takes what the program takes: numbers without quotes, references, templates."""
    for path in [each for each in ROOT.glob("examples/**/*.yaml") if each.is_file()]:
        Draft202012Validator(spec_schema(resource_types())).validate(
            yaml.safe_load(path.read_text())
        )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_table_ends_with_an_empty_line(page: Path) -> None:
    lines = page.read_text().splitlines()
    swallowed = [
        line
        for row, line in pairwise(lines)
        if row.startswith("|") and line and not line.startswith(("|", "<!--"))
    ]
    assert not swallowed, "Markdown takes these for rows of the table above them"
