"""The locks say what is installed, never where from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
REQUIREMENTS = sorted((TESTS.parent / "requirements").glob("*.txt"))
NPM = sorted(
    [*TESTS.glob("*/package-lock.json"), *TESTS.parent.glob("benchmarks/*/package-lock.json")]
)


@pytest.mark.parametrize("lock", NPM, ids=lambda path: path.parent.name)
def test_the_locks_of_npm_name_no_place_to_fetch_from(lock: Path) -> None:
    packages = json.loads(lock.read_text())["packages"]
    fetched = [package for name, package in packages.items() if name]
    assert fetched
    assert all("integrity" in package for package in fetched)
    assert not any("resolved" in package for package in fetched)


@pytest.mark.parametrize("lock", REQUIREMENTS, ids=lambda path: path.name)
def test_the_locks_of_pypi_name_no_place_to_fetch_from(lock: Path) -> None:
    text = lock.read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert "index-url" not in text
