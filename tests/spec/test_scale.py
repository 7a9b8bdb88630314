"""What a large spec costs grows with its size and no faster.

Counted in calls, not in seconds, so that it says the same on every machine. The seconds are in
docs/performance.md.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from provisioner.errors import SpecError
from provisioner.model import DesiredState
from provisioner.resources import resource_types
from provisioner.spec import load_spec
from provisioner.spec.references import parts_of
from tests.counting import functions_counted

SMALL, LARGE = 100, 500
MARGIN = 1.05

HEAD = """\
version: 1
applications:
  App: {callback_url: https://a.b/c}
defaults:
  sippeers: {sms: true, mms: true, application: App}
sites:
"""
FROM_TABLE = """\
  Raleigh:
    sippeers:
      ${each.name}:
        for_each: customers.csv
        where: {site: Raleigh}
        numbers: [{area_code: "${each.area_code}", quantity: "${each.quantity}"}]
"""
TEMPLATE_IN_TEMPLATE = """\
  ${each.value}:
    for_each: [Raleigh, Denver]
    sippeers:
      ${each.name}:
        for_each: customers.csv
        where: {site: "${each.value}"}
        numbers: [{area_code: "${each.area_code}", quantity: "${each.quantity}"}]
"""


def written(size: int) -> str:
    return "  Raleigh:\n    sippeers:\n" + "".join(f"      L{n}:\n" for n in range(size))


def files_of(size: int) -> dict[str, str]:
    """As many sippeers, one file each."""
    return {
        f"{n}.yaml": f"version: 1\nsites:\n  S{n}:\n    sippeers:\n      L:\n" for n in range(size)
    }


def files_of_one_site(size: int) -> dict[str, str]:
    return {
        f"{n}.yaml": f"version: 1\nsites:\n  S:\n    sippeers:\n      L{n}:\n" for n in range(size)
    }


def rows(size: int, quantity: str = "1") -> str:
    lines = (f"Customer {n},Raleigh,910,{quantity}" for n in range(size))
    return "\n".join(["name,site,area_code,quantity", *lines])


def calls_to_load(folder: Path, texts: Mapping[str, str]) -> int:
    """How many functions, Python's own as well, are called to read the spec in the folder."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text)
    types = resource_types()
    parts_of.cache_clear()
    with functions_counted() as count:
        state: DesiredState = load_spec([folder], {}, types)
    assert len(state.resources) > len(texts)
    return count.called


@pytest.mark.parametrize(
    "spec_of",
    [
        pytest.param(
            lambda size: {"a.yaml": HEAD + FROM_TABLE, "customers.csv": rows(size)}, id="table"
        ),
        pytest.param(
            lambda size: {"a.yaml": HEAD + TEMPLATE_IN_TEMPLATE, "customers.csv": rows(size)},
            id="template-in-template",
        ),
        pytest.param(lambda size: {"a.yaml": HEAD + written(size)}, id="written"),
        pytest.param(files_of, id="files"),
        pytest.param(files_of_one_site, id="files-of-one-site"),
        pytest.param(
            lambda size: {"a.yaml": 'version: 1\ninclude: ["[0-9]*.yaml"]\n', **files_of(size)},
            id="included",
        ),
    ],
)
def test_five_times_the_sippeers_are_five_times_the_work(
    tmp_path: Path, spec_of: Callable[[int], Mapping[str, str]]
) -> None:
    small = calls_to_load(tmp_path / "small", spec_of(SMALL))
    large = calls_to_load(tmp_path / "large", spec_of(LARGE))
    assert large / small < LARGE / SMALL * MARGIN


def test_a_thousand_broken_rows_are_told_in_one_go(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + FROM_TABLE)
    (tmp_path / "customers.csv").write_text(rows(1000, quantity="none"))
    with pytest.raises(SpecError) as refused:
        load_spec([tmp_path / "a.yaml"], {}, resource_types())
    lines = [
        each.origin.rows[0].line
        for each in refused.value.problems
        if each.origin and each.code == "wrong-type"
    ]
    assert lines == [*range(2, 1002)]
