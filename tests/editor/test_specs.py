"""An editor helps with a spec: it completes, explains and complains, and only with reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.editor.conftest import Editor

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    each for each in (ROOT / "examples").rglob("*.yaml") if "version: 1" in each.read_text()
)
MODELINE = "# yaml-language-server: $schema=../schemas/spec.schema.json\n"
FOLDER = ROOT / "examples"

BROKEN = f"""{MODELINE}version: 2
acount: "9900778"
applications:
  App: {{callback_url: ftp://example.com, callback_credentials: {{user_id: short}}}}
sites:
  Raleigh:
    address: {{house_number: 1, street_name: X, city: Y, state_code: North Carolina, zip: 27601}}
    sippeers:
      East:
        sms: sure
        numbers:
          - {{area_code: "191", quantity: 0}}
          - {{area_code: 919, npa_nxx: 919555, quantity: 1}}
lint: {{literal-secret: never}}
"""
COMPLAINTS = {
    1: ["Value must be 1."],
    2: ["Property acount is not allowed."],
    4: ["An http or https URL", "String is shorter than the minimum length of 6."],
    7: ["Two letters. For example: DC"],
    10: ["It has to be true, false, a mapping or a reference."],
    12: ["three digits, the first from 2 to 9", "Value is below the minimum of 1."],
    13: ["Property area_code is not allowed.", "Property npa_nxx is not allowed."],
    14: ['Value is not accepted. Valid values: "error", "warning", "off".'],
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_example_names_its_schema_and_is_without_complaints(path: Path, editor: Editor) -> None:
    text = path.read_text()
    assert text.startswith("# yaml-language-server: $schema=")
    assert editor.complaints(path.parent, text) == []
    slip = f"{text}\nsitess: {{}}\n"
    assert "sitess" in str(editor.complaints(path.parent, slip)), "the schema was not found"


def test_a_broken_spec_is_complained_about_where_it_is_broken(editor: Editor) -> None:
    found = editor.complaints(FOLDER, BROKEN)
    assert {line for line, _ in found} == COMPLAINTS.keys()
    for line, several in COMPLAINTS.items():
        told = " ".join(words for at, words in found if at == line)
        for words in several:
            assert words in told


def test_no_complaint_shows_a_pattern(editor: Editor) -> None:
    assert not [words for _, words in editor.complaints(FOLDER, BROKEN) if "pattern" in words]


COMPLETED = {
    "top": ("", {"account", "applications", "sites", "variables", "defaults", "include"}),
    "application": ("applications:\n  App:\n    ", {"callback_url", "callback_credentials"}),
    "sippeer": (
        "sites:\n  Raleigh:\n    sippeers:\n      East:\n        ",
        {"default", "sms", "mms", "application", "numbers", "for_each"},
    ),
    "block": (
        "sites:\n  Raleigh:\n    sippeers:\n      East:\n        numbers:\n          - ",
        {"area_code", "npa_nxx", "toll_free", "telephone_numbers", "quantity"},
    ),
    "choice": ("lint:\n  literal-secret: ", {"error", "warning", '"off"'}),
    "boolean": ("sites:\n  R:\n    sippeers:\n      E:\n        mms: ", {"true", "false"}),
}


@pytest.mark.parametrize(("text", "offered"), COMPLETED.values(), ids=COMPLETED)
def test_an_editor_offers_what_can_stand_there(
    text: str, offered: set[str], editor: Editor
) -> None:
    found = editor.completions(FOLDER, f"{MODELINE}version: 1\n{text}")
    assert offered <= found.keys()


def test_what_is_offered_and_what_is_pointed_at_is_explained(editor: Editor) -> None:
    found = editor.completions(FOLDER, f"{MODELINE}version: 1\napplications:\n  App:\n    ")
    assert "all message events go to" in found["callback_url"]
    spec = f"{MODELINE}version: 1\nlimits: {{new_numbers: 5}}\n"
    assert "How many numbers one plan may order" in editor.hover(FOLDER, spec, "new_numbers")
