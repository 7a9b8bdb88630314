"""The pipelines that we hand out: what they name exists, and what can be run is run."""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from provisioner.cli.program import COMMANDS, program
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings

ROOT = Path(__file__).parents[2]
CI = ROOT / "examples" / "ci"
PAGE = (ROOT / "docs" / "guide" / "ci.md").read_text()
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
SCRIPTS = [ROOT / "scripts" / "action", ROOT / "scripts" / "comment", CI / "pipeline.sh"]
OURS = "your-organisation/provisioner@"


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


PIPELINES = {
    "github.yml": (CI / "github.yml").read_text(),
    "gitlab.yml": (CI / "gitlab.yml").read_text(),
    **{f"page-{number}": text for number, text in enumerate(code_blocks("yaml"))},
}
SHELL = {
    **{f"page-{number}": text for number, text in enumerate(code_blocks("sh"))},
    **{path.name: path.read_text() for path in SCRIPTS},
}


def values(document: Any, key: str) -> Iterator[Any]:
    """All values of a key, wherever in the document it stands."""
    if isinstance(document, dict):
        if key in document:
            yield document[key]
        for each in document.values():
            yield from values(each, key)
    elif isinstance(document, list):
        for each in document:
            yield from values(each, key)


def commands_in(text: str) -> Iterator[list[str]]:
    """The words of each call of the program in a shell script, without `provisioner`."""
    for line in text.replace("\\\n", " ").splitlines():
        for found in re.finditer(r"(?:^|[\s;|&])provisioner ([^|;#>]*)", line):
            yield shlex.split(found[1])


def check_command(words: list[str]) -> None:
    name, *arguments = words
    assert name in COMMANDS, name
    command = program.get_command(click.Context(program), name)
    assert command
    known = {spelling for each in command.params for spelling in each.opts}
    for word in arguments:
        if word.startswith("-"):
            assert word.partition("=")[0] in known, f"{name} {word}"


def test_the_page_shows_the_pipelines_as_they_are() -> None:
    for name in ("github.yml", "gitlab.yml"):
        assert PIPELINES[name] in code_blocks("yaml")


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_is_yaml_and_calls_what_exists(name: str) -> None:
    document = yaml.safe_load(PIPELINES[name])
    for script in values(document, "script"):
        for line in script:
            for words in commands_in(line):
                check_command(words)
    for step in uses_of_the_action(document):
        given = step.get("with", {})
        assert given.keys() <= ACTION["inputs"].keys()
        check_command([given.get("command", "plan"), *given.get("arguments", "").split()])


def uses_of_the_action(document: Any) -> list[dict[str, Any]]:
    steps = [step for several in values(document, "steps") for step in several]
    alone = document if isinstance(document, list) else []
    return [step for step in (*steps, *alone) if step.get("uses", "").startswith(OURS)]


@pytest.mark.parametrize("name", SHELL)
def test_the_shell_calls_what_exists(name: str) -> None:
    for words in commands_in(SHELL[name]):
        check_command(words)


def test_the_lint_finds_commands_and_refuses_what_does_not_exist() -> None:
    assert [*commands_in("provisioner plan a \\\n --json | jq .\nx && provisioner drift")] == [
        ["plan", "a", "--json"],
        ["drift"],
    ]
    assert sum(len([*commands_in(text)]) for text in SHELL.values()) >= 10
    for words in (["destroy-all"], ["plan", "--jsno"]):
        with pytest.raises(AssertionError):
            check_command(words)


GITHUB = [name for name, text in PIPELINES.items() if "\njobs:\n" in text]


def test_the_page_has_a_pipeline_for_a_plan_that_somebody_approves() -> None:
    saving, applying = (
        step["with"]
        for text in map(PIPELINES.get, GITHUB)
        if text and "--out=plan.json" in text
        for step in uses_of_the_action(yaml.safe_load(text))
    )
    assert (saving["command"], applying["command"]) == ("plan", "apply")
    assert applying["specs"] == "plan.json"


@pytest.mark.parametrize("pipeline", GITHUB)
def test_github_applies_one_at_a_time_for_an_account(pipeline: str) -> None:
    jobs = yaml.safe_load(PIPELINES[pipeline])["jobs"]
    for name, job in jobs.items():
        (step,) = uses_of_the_action(job["steps"])
        assert ("concurrency" in job) is (step["with"]["command"] == "apply"), name
    assert "vars.BW_ACCOUNT_ID" in jobs["apply"]["concurrency"]["group"]
    assert jobs["apply"]["concurrency"]["cancel-in-progress"] is False


def test_gitlab_applies_one_at_a_time_for_an_account() -> None:
    apply = yaml.safe_load(PIPELINES["gitlab.yml"])["apply"]
    assert "$BW_ACCOUNT_ID" in apply["resource_group"]
    assert apply["interruptible"] is False


def test_nothing_that_others_write_becomes_part_of_a_script() -> None:
    """An expression inside `run` is pasted into the script before the shell reads it."""
    runs = [*values(ACTION, "run"), *values(yaml.safe_load(PIPELINES["github.yml"]), "run")]
    assert runs
    assert [run for run in runs if "${{" in run] == []


def test_the_action_names_only_inputs_and_steps_that_it_has() -> None:
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == ACTION["inputs"].keys()
    ids = {step["id"] for step in ACTION["runs"]["steps"] if "id" in step}
    assert set(re.findall(r"steps\.([a-z-]+)\.", text)) <= ids
    written = set(re.findall(r'echo "([a-z-]+)=', (ROOT / "scripts/action").read_text()))
    assert set(re.findall(r"outputs\.([a-z-]+) ", text)) == written == ACTION["outputs"].keys()


def test_the_hook_calls_what_exists() -> None:
    for hook in HOOKS:
        check_command(shlex.split(hook["entry"])[1:])
    wanted = {hook["id"] for text in code_blocks("yaml") for hook in hooks_in(text)}
    assert wanted == {hook["id"] for hook in HOOKS}


def hooks_in(text: str) -> list[dict[str, Any]]:
    return [each for several in values(yaml.safe_load(text), "hooks") for each in several]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_one(script: Path) -> None:
    assert script.stat().st_mode & stat.S_IXUSR
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0  # noqa: S607 -- the shell of whoever runs the tests


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An account, the example's spec in the working folder, and the program on the PATH."""
    (tmp_path / "provisioner.yaml").write_bytes((ROOT / "examples/quickstart.yaml").read_bytes())
    settings = Settings(order_delay=0.0)
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("BW_", "GITHUB_"))
    }
    with Server(settings) as server:
        yield {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CALLBACK_PASSWORD": "choose-one",
            "BW_API_URL": server.url,
            "BW_USERNAME": settings.username,
            "BW_PASSWORD": settings.password,
        }


def run(
    script: Path, *arguments: str, cwd: Path, environ: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script, *arguments],
        cwd=cwd,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_the_script_for_any_pipeline_plans_applies_and_finds_no_drift(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    def pipeline(what: str) -> subprocess.CompletedProcess[str]:
        return run(CI / "pipeline.sh", what, "provisioner.yaml", cwd=tmp_path, environ=environ)

    planned = pipeline("plan")
    assert (planned.returncode, planned.stderr) == (0, "")
    assert planned.stdout.endswith("There are changes: plan.html shows them.\n")
    assert pipeline("drift").returncode == 2
    assert pipeline("apply").returncode == 0
    assert '"type":"report","complete":true' in (tmp_path / "events.jsonl").read_text()
    assert pipeline("plan").stdout.endswith("Nothing to do.\n")
    assert pipeline("drift").returncode == 0
    assert pipeline("nothing").returncode == 1


def action(command: str, tmp_path: Path, environ: dict[str, str], arguments: str = "") -> int:
    given = {
        "COMMAND": command,
        "SPECS": "provisioner.yaml\n",
        "ARGUMENTS": arguments,
        "REPORTS": str(tmp_path / "reports"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    return run(ROOT / "scripts/action", cwd=tmp_path, environ={**environ, **given}).returncode


def outputs(tmp_path: Path) -> dict[str, str]:
    """Those of the last run: what is written later counts."""
    lines = (tmp_path / "output").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_the_action_plans_applies_and_tells_of_drift(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    assert action("validate", tmp_path, environ) == 0
    assert action("plan", tmp_path, environ) == 0
    assert outputs(tmp_path) == {
        "exit-code": "2",
        "changes": "true",
        "reports": str(tmp_path / "reports"),
    }
    assert {each.name for each in (tmp_path / "reports").iterdir()} == {
        "plan.md", "plan.html", "junit.xml", "problems.sarif",
    }  # fmt: skip
    assert action("drift", tmp_path, environ) == 2
    assert action("apply", tmp_path, environ, "--quiet\n--order-timeout=60\n") == 0
    assert action("plan", tmp_path, environ) == 0
    assert outputs(tmp_path)["changes"] == "false"
    assert action("plan", tmp_path, environ, "--no-such-option") == 1


GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$GH_LOG"
[[ "$*" == *--paginate* ]] && cat "$GH_EARLIER" || true
"""


@pytest.mark.parametrize(
    ("earlier", "call"),
    [
        ("", "--method POST repos/o/r/issues/7/comments "),
        ("411\n412\n", "--method PATCH repos/o/r/issues/comments/411 "),
    ],
    ids=["first", "again"],
)
def test_the_comment_is_added_once_and_then_kept_up_to_date(
    tmp_path: Path, earlier: str, call: str
) -> None:
    """`gh`, which GitHub's machines have, is played by a script that writes down its calls."""
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    (tmp_path / "earlier").write_text(earlier)
    comment = tmp_path / "plan.md"
    comment.write_text("<!-- provisioner -->\nThe plan.\n")
    environ = {
        **os.environ,
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "GH_LOG": str(tmp_path / "log"),
        "GH_EARLIER": str(tmp_path / "earlier"),
        "GITHUB_REPOSITORY": "o/r",
        "PULL_REQUEST": "7",
        "COMMENT": str(comment),
    }
    assert run(ROOT / "scripts/comment", cwd=tmp_path, environ=environ).returncode == 0
    asked, written = (tmp_path / "log").read_text().splitlines()
    assert asked.startswith("api --paginate repos/o/r/issues/7/comments?per_page=100")
    assert call in written
    assert written.endswith(f"--field body=@{comment}")


def test_without_a_plan_there_is_no_comment(tmp_path: Path) -> None:
    environ = {**os.environ, "COMMENT": str(tmp_path / "none.md")}
    ran = run(ROOT / "scripts/comment", cwd=tmp_path, environ=environ)
    assert (ran.returncode, ran.stderr) == (0, "There is no plan to comment.\n")
