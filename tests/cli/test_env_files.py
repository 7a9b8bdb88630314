"""Files of environment variables: what is taken, and what is refused because readers differ."""

from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.cli.env_files import read_env_file
from provisioner.cli.reading import environment
from provisioner.errors import SettingsError, SpecError

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(text: str) -> Path:
        path = tmp_path / "some.env"
        path.write_bytes(text.encode())
        return path

    return to_file


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=value", "value"),
        ("export NAME=value", "value"),
        ("  NAME=value  ", "value"),
        ("NAME=value # a comment", "value"),
        ("NAME=a#b", "a#b"),
        ("NAME=two words", "two words"),
        ("NAME=a=b==", "a=b=="),
        ("NAME=", ""),
        ("NAME= # a comment", ""),
        ("NAME=''", ""),
        ("NAME='a \"b\" #c $d \\n'", 'a "b" #c $d \\n'),
        ("NAME=\"a 'b' #c\"  # a comment", "a 'b' #c"),
        ('NAME="a\\"b\\\\c\\nd"', 'a"b\\c\nd'),
        ("NAME=first\nNAME=second", "second"),
        ("# a comment\n\nNAME=value\r\n", "value"),
        ("\ufeffNAME=värde", "värde"),
    ],
)
def test_a_line_gives_a_variable(write: Write, line: str, value: str) -> None:
    assert read_env_file(write(line)) == {"NAME": value}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("NAME", "is not NAME=VALUE"),
        ("NAME: hunter2", "is not NAME=VALUE"),
        ("1NAME=hunter2", "is not NAME=VALUE"),
        ("NAME =hunter2", "is not NAME=VALUE"),
        ("NAME='hunter2", "is not NAME=VALUE"),
        ('NAME="hunter2', "is not NAME=VALUE"),
        ("NAME='hunter2' more", "is not NAME=VALUE"),
        ("NAME=hunter2$more", "single quotes"),
        ('NAME="hunter2 ${MORE}"', "single quotes"),
    ],
)
def test_a_line_that_readers_differ_about_is_refused_without_showing_it(
    write: Write, line: str, says: str
) -> None:
    path = write(f"OTHER=x\n{line}\n")
    with pytest.raises(SpecError) as refused:
        read_env_file(path)
    (problem,) = refused.value.problems
    assert (str(problem.origin), problem.code) == (f"{path}:2:1", "bad-line")
    assert says in problem.detail
    assert "hunter2" not in str(refused.value)


def test_all_lines_that_are_refused_are_told_at_once(write: Write) -> None:
    with pytest.raises(SpecError) as refused:
        read_env_file(write("A\nB=fine\nC=$x\n'D\n"))
    assert [each.origin and each.origin.line for each in refused.value.problems] == [1, 3, 4]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_env_file(tmp_path / "nowhere.env")
    path = tmp_path / "latin.env"
    path.write_bytes(b"NAME=\xff\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_env_file(path)


def test_of_two_files_the_later_one_wins(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAME", "same")
    first, second = write("A=1\nB=1\nSAME=same\n"), tmp_path / "second.env"
    second.write_text("B=2\n")
    found = environment((first, second))
    assert (found["A"], found["B"], found["SAME"]) == ("1", "2", "same")
    assert "PATH" in found


def test_a_file_and_an_environment_that_do_not_agree_are_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    with pytest.raises(SettingsError, match="do not agree on TOKEN") as refused:
        environment((write("TOKEN=hunter3\n"),))
    assert "unset TOKEN" in str(refused.value)
    assert "hunter" not in str(refused.value)
