"""Whatever stands in a file: a desired state comes of it, or problems that can be shown."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.errors import Problem, SpecError
from provisioner.resources import resource_types
from provisioner.spec import composition, load_spec
from provisioner.spec.problems import error

WORDS = st.sampled_from(
    [
        "version",
        "account",
        "applications",
        "sites",
        "sippeers",
        "numbers",
        "limits",
        "new_numbers",
        "App",
        "Raleigh",
        "East",
        "name",
        "id",
        "default",
        "sms",
        "mms",
        "application",
        "area_code",
        "quantity",
        "callback_url",
        "callback_credentials",
        "password",
        "user_id",
        "toll_free",
        "short_code",
        "address",
        "zip",
        "true",
        "false",
        "null",
        "~",
        "1",
        "5001",
        "910",
        "''",
        '"a\\tb"',
        "${SET}",
        "${UNSET}",
        "${",
        "$${",
        "${A:-b}",
        "${each.a}",
        "${var.a}",
        "${file:a}",
        "for_each",
        "where",
        "include",
        "variables",
        "defaults",
        "lint",
        "!tag",
        "&a",
        "*a",
        "<<",
        "?",
        "-",
        "|",
        ">",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "#",
        "%",
        "@",
        "`",
        "\t",
        "\x85",
        "\ufeff",
        "é",
    ]
)
TOKENS = st.one_of(WORDS, st.sampled_from([": ", "\n", "\n  ", "\n    ", "\n      ", " ", "- "]))
YAMLISH = st.lists(TOKENS, max_size=60).map("".join)
KEYS = st.sampled_from(
    [
        "version",
        "account",
        "applications",
        "sites",
        "sippeers",
        "numbers",
        "sms",
        "mms",
        "application",
        "area_code",
        "quantity",
        "callback_url",
        "callback_credentials",
        "user_id",
        "password",
        "default",
        "name",
        "id",
        "limits",
        "include",
        "variables",
        "defaults",
        "lint",
        "for_each",
        "where",
        "type",
        "A",
        "B",
        "${each.A}",
        "${each.value}",
        "<<",
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=60),
    st.sampled_from(["A", "${SET}", "${var.A}", "${each.A}", "${each.value}", "${file:A}"]),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(KEYS, KEYS, LEAVES), inner)
    ),
    max_leaves=20,
)
BODIES = st.dictionaries(KEYS, TREES, max_size=8)
SPECS = st.fixed_dictionaries(
    {"version": st.just(1)},
    optional={
        "applications": st.dictionaries(KEYS, BODIES, max_size=3),
        "sites": st.dictionaries(
            KEYS,
            st.fixed_dictionaries(
                {}, optional={"sippeers": st.dictionaries(KEYS, BODIES), "name": LEAVES}
            ),
            max_size=3,
        ),
        "limits": TREES,
        "include": TREES,
        "variables": st.dictionaries(KEYS, BODIES, max_size=2),
        "defaults": st.dictionaries(KEYS, BODIES, max_size=3),
        "lint": TREES,
    },
)
FILE_SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
SECRET = "s3cret-value"
NAMING = {"account-mismatch", "equal-blocks", "same-name", "unknown-reference"}
"""These name what is meant, even where a variable gave the name or label."""
ENVIRON: Mapping[str, str] = {"SET": SECRET, "BW_ACCOUNT_ID": "9900778"}


def load(folder: Path, data: bytes) -> None:
    path = folder / "spec.yaml"
    path.write_bytes(data)
    for problem in outcome(path):
        assert problem.origin is not None
        assert problem.origin.line >= 1
        assert problem.origin.column >= 1
        assert re.search(r"[.?]$|For example: ", problem.detail)
        assert problem.detail.isprintable()
        assert SECRET not in str(problem) or problem.code in NAMING


def outcome(path: Path) -> tuple[Problem, ...]:
    """The problems of a refusal, of which there is one at least, or the warnings."""
    try:
        return load_spec([path], ENVIRON, resource_types()).warnings
    except SpecError as refused:
        return refused.problems or (error("no-spec-files", "It was refused for nothing."),)


@FILE_SETTINGS
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    load(tmp_path, data)


@FILE_SETTINGS
@given(YAMLISH)
def test_any_text_that_looks_like_yaml(tmp_path: Path, text: str) -> None:
    load(tmp_path, text.encode())


@FILE_SETTINGS
@given(st.one_of(SPECS, TREES))
def test_any_tree_that_looks_like_a_spec(tmp_path: Path, tree: object) -> None:
    load(tmp_path, yaml.safe_dump(tree, allow_unicode=True).encode())


def test_specs_are_read_by_the_loader_in_c() -> None:
    """Ten times as fast. The other is for a PyYAML that was built without it."""
    assert composition.LOADER is yaml.CSafeLoader


def test_the_pure_parser_of_pyyaml_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(__file__).parents[2] / "examples" / "quickstart.yaml"
    environ = {"CALLBACK_PASSWORD": "long enough"}
    fast = load_spec([path], environ, resource_types())
    monkeypatch.setattr(composition, "LOADER", yaml.SafeLoader)
    assert load_spec([path], environ, resource_types()) == fast
    odd = tmp_path / "odd.yaml"
    odd.write_text('version: 1\nsites:\n  A: {description: "\\ud800"}\n')
    with pytest.raises(SpecError) as caught:
        load_spec([odd], environ, resource_types())
    assert [each.code for each in caught.value.problems] == ["control-character"]
