"""Secrets of a saved plan: had again by name, and never by a command."""

from pathlib import Path

import pytest

from provisioner.errors import SettingsError
from provisioner.spec.saved_secrets import can_be_read_again, read_again


@pytest.mark.parametrize("name", ["CALLBACK_PASSWORD", "file:callback.txt", "keyring:bw/callback"])
def test_a_variable_a_file_and_the_keyring_can_be_asked_again(name: str) -> None:
    assert can_be_read_again(name)


@pytest.mark.parametrize(
    "name",
    [
        "command:pass callback",
        "var.password",
        "each.password",
        "file:secrets/${each.name}.txt",
        "callback_credentials.password",
        "",
    ],
)
def test_nothing_else_can(name: str) -> None:
    assert not can_be_read_again(name)
    with pytest.raises(SettingsError, match="which it may not"):
        read_again({"password": "x"}, name, "")


def test_a_file_is_looked_for_beside_the_one_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "callback.txt"
    file.write_text("hidden\n")
    file.chmod(0o600)
    assert read_again({}, "file:callback.txt", str(tmp_path)).reveal() == "hidden"
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_again({}, "file:callback.txt", str(tmp_path))


def test_a_keyring_that_is_not_there_is_told() -> None:
    with pytest.raises(SettingsError, match="keyring"):
        read_again({}, "keyring:callback", "")


def test_a_variable_that_is_not_set_or_empty_is_told() -> None:
    for environ in ({}, {"CALLBACK_PASSWORD": ""}):
        with pytest.raises(SettingsError, match="export CALLBACK_PASSWORD="):
            read_again(environ, "CALLBACK_PASSWORD", "")
