"""The command answers at once: what is heavy is loaded by the commands that need it."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"httpx", "jinja2", "jsonschema", "lxml", "rich", "sqlite3", "starlette", "uvicorn", "yaml"}

RUN = """
import os, sys
from provisioner.cli import main
os.environ["CALLBACK_PASSWORD"] = "callback-password"
sys.argv = ["provisioner", *{arguments}]
sys.stdout = open(os.devnull, "w")
try:
    main()
except SystemExit as left:
    assert not left.code
"""
BEYOND_THE_SPEC = ("account", "execution", "messaging", "planning", "sandbox", "views")

TELL_WHAT_IS_LOADED = """
import json, sys
json.dump([name for name, module in sys.modules.items() if module], sys.stderr)
"""


def loaded_by(code: str) -> set[str]:
    """Modules, and the packages that they are of; without those that measure the coverage."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("COV")}
    run = subprocess.run(
        [sys.executable, "-c", code + TELL_WHAT_IS_LOADED],
        check=True,
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
    )
    modules = set(json.loads(run.stderr))
    return modules | {name.partition(".")[0] for name in modules}


def test_the_version_is_printed_by_the_installed_command() -> None:
    command = Path(sys.executable).with_name("provisioner")
    run = subprocess.run([command, "--version"], check=True, capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("provisioner 0.1.0\n", "")


def libraries_of(*arguments: str) -> set[str]:
    """The packages beyond Python's own that a command loads, what C extensions add left out."""
    loaded = loaded_by(RUN.format(arguments=arguments)) - sys.stdlib_module_names
    return {name for name in loaded if "." not in name and not name.startswith(("_", "cython"))}


def test_showing_the_version_loads_nothing_heavy() -> None:
    assert libraries_of("--version") == {"click", "provisioner"}
    assert "sqlite3" not in loaded_by(RUN.format(arguments=("--version",)))


def test_checking_a_spec_loads_nothing_of_the_account_the_plan_or_the_views() -> None:
    """Nor what says what is wrong with a spec: nothing is."""
    arguments = ("validate", "examples/quickstart.yaml")
    assert libraries_of(*arguments) == {"click", "provisioner", "yaml"}
    loaded = loaded_by(RUN.format(arguments=arguments))
    assert {"provisioner.spec", "yaml"} <= loaded
    assert loaded & {f"provisioner.{name}" for name in BEYOND_THE_SPEC} == set()
    assert loaded & {"sqlite3", "subprocess", "asyncio"} == set()


def test_reading_an_account_loads_nothing_that_says_what_is_wrong_or_draws() -> None:
    """Nothing answers at that address; by then all is loaded that reading takes."""
    code = RUN.format(arguments=("plan", "examples/quickstart.yaml", "--timeout", "1"))
    code = code.replace("assert not left.code", "assert left.code == 1").replace(
        "sys.stdout =",
        "os.environ.update(BW_API_URL='http://127.0.0.1:1', BW_ACCOUNT_ID='9900778',"
        " BW_USERNAME='u', BW_PASSWORD='password-1')\n"
        "sys.stderr, told = open(os.devnull, 'w'), sys.stderr\n"
        "sys.stdout =",
    )
    loaded = loaded_by(code + "\nsys.stderr = told\n")
    assert {"httpcore", "provisioner.planning"} <= loaded
    assert loaded & {"jsonschema", "rich", "starlette", "provisioner.sandbox"} == set()


def test_planning_loads_no_sandbox_and_nothing_that_draws_on_a_terminal() -> None:
    loaded = loaded_by(RUN.format(arguments=("plan", "--help")))
    assert {"httpx", "lxml", "provisioner.account"} <= loaded
    assert loaded & {"provisioner.sandbox", *HEAVY} <= {
        "httpx",
        "jinja2",
        "lxml",
        "sqlite3",
        "yaml",
    }


def test_what_the_http_library_looks_for_at_every_call_is_there() -> None:
    """Else each of its locks searches the whole path for it: half as much CPU again for a call."""
    assert {"httpcore", "sniffio"} <= loaded_by("import httpcore, sniffio")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(each.startswith("sniffio") for each in project["dependencies"])


@pytest.mark.parametrize("module", sorted(HEAVY))
def test_what_is_loaded_would_be_seen(module: str) -> None:
    assert module in loaded_by(f"import {module}")
