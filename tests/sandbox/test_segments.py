from __future__ import annotations

import pytest

from provisioner.sandbox.traffic.segments import count_segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("\u0151" * 70, 1),
        ("\u0151" * 71, 2),
        ("\u0151" * 134, 2),
        ("\u0151" * 135, 3),
        ("\U0001f600" * 35, 1),
        ("\U0001f600" * 36, 2),
        ("a" * 70 + "`", 2),
    ],
)
def test_a_text_has_so_many_segments(text: str, segments: int) -> None:
    assert count_segments(text) == segments


def test_a_character_of_two_places_is_not_split() -> None:
    assert count_segments("a" * 152 + "€" + "a" * 152) == 3
    assert count_segments("a" * 152 + "€" + "a" * 151) == 2
    assert count_segments("a" * 152 + "€" * 77) == 3
    assert count_segments("\u0151" * 66 + "\U0001f600" * 34) == 3
