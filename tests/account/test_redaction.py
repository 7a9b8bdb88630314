from __future__ import annotations

import pytest

from provisioner.account.redaction import Redaction
from provisioner.model import Secret


def test_words_of_the_service_are_shown_without_the_secrets_in_them() -> None:
    redaction = Redaction([Secret("A", "abc"), Secret("B", "abcdef"), Secret("C", "")])
    redaction.hide("pass-word")
    redaction.hide("")
    assert redaction.scrub("abcdef, abc and pass-word: no") == (
        "(secret), (secret) and (secret): no"
    )


@pytest.mark.parametrize(
    "spelt",
    [
        "a<b&c\"d'e",
        "a&lt;b&amp;c&quot;d&apos;e",
        "a&#60;b&#38;c&#34;d&#39;e",
        "a&#x3C;b&#x26;c&#x22;d&#x027;e",
        "a&amp;lt;b&amp;amp;c&amp;quot;d&amp;apos;e",
    ],
    ids=["plain", "named", "decimal", "hexadecimal", "twice"],
)
def test_a_secret_is_not_shown_however_it_is_escaped(spelt: str) -> None:
    redaction = Redaction([Secret("A", "a<b&c\"d'e")])
    assert redaction.scrub(f"It was {spelt}!") == "It was (secret)!"


def test_what_a_secret_means_to_a_pattern_means_nothing_here() -> None:
    redaction = Redaction([Secret("A", "p.*(")])
    assert redaction.scrub("pxx( and p.*(") == "pxx( and (secret)"
