"""What every test may use. Fixtures of one package live in that package's own `conftest.py`."""

import difflib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"

# No test is held to a clock; the rest is as hypothesis chooses, which in CI is something else.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden",
        action="store_true",
        help="rewrite tests/golden/ and the expectations of tests/cases/; runs only those tests",
    )
    parser.addoption(
        "--every-fault",
        action="store_true",
        help="tests/faults: every trial instead of a sample; rewrites docs/reliability.md",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--golden"):
        return
    others = [item for item in items if "golden" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A command arranges the program's log as if it had its process for itself."""
    log = logging.getLogger("provisioner")
    handlers, level, propagate = [*log.handlers], log.level, log.propagate
    yield
    log.handlers[:] = handlers
    log.setLevel(level)
    log.propagate = propagate


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Golden:
    """`golden(name, text)` holds text against `tests/golden/<name>`, to the last space.

    With `--golden` it writes the file instead: read the difference before it is committed.
    """

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if pytestconfig.getoption("--golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        expected = path.read_text(encoding="utf-8") if path.exists() else ""
        if path.exists() and text == expected:
            return
        difference = difflib.unified_diff(
            expected.splitlines(),
            text.splitlines(),
            f"tests/golden/{name}",
            "rendered",
            lineterm="",
        )
        pytest.fail(
            "\n".join([*difference, "", "If this is meant, run `make golden`."]), pytrace=False
        )

    return compare
