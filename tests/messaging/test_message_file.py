from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.errors import ProblemsError
from provisioner.messaging.draft import Draft
from provisioner.messaging.message_file import content_key, read_drafts

DEFAULTS = Draft("Raleigh/East", (), text="default", tag="t")


def read(tmp_path: Path, name: str, content: str | bytes) -> list[Draft]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [*read_drafts(path, DEFAULTS)]


def refused(tmp_path: Path, name: str, content: str | bytes) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, name, content)
    return [
        f"{each.origin.line if each.origin else '-'} {each.detail}"
        for each in caught.value.problems
    ]


def test_csv_and_json_lines_say_the_same(tmp_path: Path) -> None:
    table = (
        "\ufeffTo,text,media,from,priority\r\n"
        '+12345678902,"Hey, ""you""\r\nthere",,,\r\n'
        "\r\n"
        "+12345678902; +12345678903,,https://a.example/x https://a.example/y,+19195551212,default\r\n"
    )
    lines = (
        '{"to": "+12345678902", "text": "Hey, \\"you\\"\\r\\nthere"}\n'
        "\n"
        '{"to": ["+12345678902", "+12345678903"], "text": null, "from": "+19195551212",'
        ' "media": ["https://a.example/x", "https://a.example/y"], "priority": "default"}'
    )
    first, second = read(tmp_path, "m.csv", table)
    assert (first.sender, first.recipients, first.tag) == ("Raleigh/East", ("+12345678902",), "t")
    assert first.text == 'Hey, "you"\r\nthere'
    assert (second.sender, second.text) == ("+19195551212", "default")
    assert second.recipients == ("+12345678902", "+12345678903")
    assert second.media == ("https://a.example/x", "https://a.example/y")
    assert [each.origin.line for each in (first, second) if each.origin] == [2, 5]
    others = read(tmp_path, "m.jsonl", lines)
    assert [each.origin.line for each in others if each.origin] == [1, 3]
    assert [replace(each, origin=None) for each in others] == [
        replace(each, origin=None) for each in (first, second)
    ]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("m.csv", "", ["no messages"]),
        ("m.csv", "to,text\n", ["no messages"]),
        ("m.csv", "to,texto\n", ["1 There is no 'texto'"]),
        ("m.csv", "to\n1,2\n3,4\n", ["2 2 cells, but 1 names", "3 2 cells, but 1 names"]),
        ("m.csv", 'to\n"a" b\n', ["2 ',' expected after '\"'."]),
        ("m.csv", b"to\n\xff\n", ["is not UTF-8 (byte 3)"]),
        ("m.jsonl", "{\n", ["1 This line is not JSON"]),
        ("m.jsonl", "[]\n", ["1 This line is not a JSON object"]),
        (
            "m.jsonl",
            '{"too": "x"}\n{"to": 1}',
            ["1 There is no 'too'", "2 'to' must be a text or a"],
        ),
        ("m.jsonl", '{"text": ["x"]}', ["1 'text' must be a text, in quotes."]),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_told_line_by_line(
    name: str, content: str | bytes, told: list[str], tmp_path: Path
) -> None:
    problems = refused(tmp_path, name, content)
    assert len(problems) == len(told)
    for problem, words in zip(problems, told, strict=True):
        assert words in problem


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"x\.csv: No such file"):
        read_drafts(tmp_path / "x.csv", DEFAULTS)


def test_a_line_is_known_by_what_its_recipients_see() -> None:
    first = Draft("Raleigh/East", ("9195550000", "+19195550001"), text="a", tag="x")
    same = Draft("+19105550000", ("+19195550001", "+19195550000"), text="a", priority="default")
    assert content_key(first) == content_key(same)
    others = [
        content_key(Draft("", ("+19195550000",), text="a")),
        content_key(Draft("", same.recipients, text="b")),
        content_key(Draft("", same.recipients, text="a", media=("https://a.example/x",))),
        content_key(same, ["digest"]),
    ]
    assert len({content_key(first), *others}) == 5


def test_the_key_of_a_line_is_frozen() -> None:
    assert content_key(Draft("", ("+19195550000",), text="a")) == "57748b81626fc514a320"
