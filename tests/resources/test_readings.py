"""Where a row has a function of its own: what it makes of the service's ways."""

import pytest

from provisioner.digits import (
    as_e164,
    begins_with,
    has_toll_free_code,
    spells,
    spells_toll_free,
)
from provisioner.resources.messaging_application import assigned
from provisioner.resources.numbers import in_capitals, may_be_there
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
    assert begins_with(number, "910") is is_in


@pytest.mark.parametrize(
    ("number", "pattern", "is_of"),
    [
        ("+18335550001", "8**", True),
        ("+18335550001", "83*", True),
        ("+18335550001", "833", True),
        ("+18335550001", "88*", False),
        ("+18285550001", "8**", False),
    ],
    ids=["any", "a decade", "one code", "another decade", "Asheville is not toll-free"],
)
def test_a_pattern_matches_toll_free_codes_alone(number: str, pattern: str, is_of: bool) -> None:
    assert has_toll_free_code(number, pattern) is is_of


@pytest.mark.parametrize(
    ("number", "word", "is_of"),
    [
        ("+16176392277", "NEWCARS", True),
        ("+16172273000", "CARS", False),
        ("+16172277001", "CARS", True),
        ("+12277555000", "CARS", False),
        ("+16175551234", "1234", True),
    ],
    ids=["all of it", "other digits", "somewhere in it", "the area code is no part", "digits"],
)
def test_a_word_is_spelt_by_the_keys_after_the_area_code(
    number: str, word: str, is_of: bool
) -> None:
    assert spells(number, word) is is_of


def test_a_toll_free_word_is_not_spelt_by_a_local_number() -> None:
    assert spells_toll_free("+18336392277", "NEWCARS")
    assert not spells_toll_free("+16176392277", "NEWCARS")


def test_a_toll_free_number_is_in_no_place_and_of_others_digits_do_not_tell() -> None:
    assert may_be_there("+18335550001", "NC") is False
    assert may_be_there("+19195550001", "NC") is None


@pytest.mark.parametrize("text", ["+19195551234", "9195551234", "19195551234", " 9195551234 "])
def test_a_number_is_the_same_however_it_is_written(text: str) -> None:
    assert as_e164(text) == "+19195551234"


@pytest.mark.parametrize("text", ["new york", "NEW  YORK", " New York "])
def test_names_of_places_are_compared_in_capitals(text: str) -> None:
    assert in_capitals(text) == "NEW YORK"
