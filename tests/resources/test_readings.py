"""Where a row has a function of its own: what it makes of the service's ways."""

import pytest

from provisioner.resources.messaging_application import assigned
from provisioner.resources.numbers import area_code_prefix
from provisioner.resources.site import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US", "US"),
        ("United States", "US"),
        (" UNITED STATES ", "US"),
        ("usa", "US"),
        ("CA", "CA"),
        ("United Kingdom", "United Kingdom"),
        ("", ""),
    ],
)
def test_the_united_states_are_us(text: str, code: str) -> None:
    assert country_code(text) == code
    assert country_code(code) == code


@pytest.mark.parametrize(
    ("texts", "application"),
    [(["app-1"], "app-1"), ([None], None), ([""], None), (["REMOVE"], None), ([], None)],
    ids=["assigned", "no element", "empty", "REMOVE", "nothing to read"],
)
def test_an_unassigned_location_has_no_application(
    texts: list[str | None], application: str | None
) -> None:
    assert assigned(texts) == application


@pytest.mark.parametrize(
    ("number", "is_in"),
    [
        ("+19105550001", True),
        ("+19195550001", False),
        ("+49105550001", False),
        ("9105550001", False),
    ],
)
def test_an_area_code_is_what_follows_the_country_code(number: str, is_in: bool) -> None:
    assert number.startswith(area_code_prefix({"area_code": "910"})) is is_in
