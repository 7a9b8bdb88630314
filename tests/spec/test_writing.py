from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provisioner.spec.composition import compose
from provisioner.spec.nodes import Scalar, Table
from provisioner.spec.writing import Block, Entry, Remark, scalar_text, to_yaml

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(key=texts, value=texts)
def test_any_text_is_read_back_as_it_was_by_any_reader(key: str, value: str) -> None:
    text = to_yaml(Block((Entry(key, value), Entry(f"{key}2", [{key: value}]))))
    assert yaml.safe_load(text) == {key: value, f"{key}2": [{key: value}]}
    root = compose("a.yaml", text, [])
    assert isinstance(root, Table)
    read = root.entries[key].value
    assert isinstance(read, Scalar)
    assert (read.text, read.is_null) == (value, False)


@pytest.mark.parametrize(
    "text",
    [
        "Raleigh",
        "Test Gateway",
        "https://example.com/callbacks",
        "Bandwidth Messaging 2 test2",
        "é",
    ],
)
def test_a_text_that_nobody_could_misread_stands_without_quotes(text: str) -> None:
    assert scalar_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("NO", "on", "y", "null", "~", "", "02134", "910", "1e3", "+19195551234", "2026-11-20"),
        *("12:30", "a: b", "a #b", " a", "a ", "- a", "[a]", "a, b", "<<", "=", "# a", "a:", "*a"),
        "a?b",
    ],
)
def test_a_text_that_some_reader_takes_for_something_else_stands_in_quotes(text: str) -> None:
    assert scalar_text(text) == f'"{text}"'


@given(text=st.text())
def test_a_remark_never_gets_out_of_its_comment(text: str) -> None:
    written = to_yaml(Block((Remark(text), Entry("a", Block((Remark(text), Entry("b", 1)))))))
    assert yaml.safe_load(written) == {"a": {"b": 1}}


def test_large_parts_are_set_apart_and_small_ones_are_not() -> None:
    site = Entry("Raleigh", Block((Entry("description", "Test"),)))
    nothing = Entry("Durham", Block((Remark("nothing could be told"),)))
    sites = Entry("sites", Block((site, nothing)))
    assert to_yaml(Block((Entry("version", 1), Entry("account", "1"), sites))) == (
        'version: 1\naccount: "1"\n\nsites:\n  Raleigh:\n    description: Test\n\n'
        "  Durham: {}\n    # nothing could be told\n"
    )
