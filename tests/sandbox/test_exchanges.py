"""Where numbers are, and how they follow one another: pure arithmetic over a small table."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.sandbox.calls.numbering import E164, NATIONAL
from provisioner.sandbox.numbers.exchanges import POSITIONS, number_at, place_of, position_of
from provisioner.sandbox.numbers.geography import AREA_CODES, PLACES, TOLL_FREE, Place, is_area_code
from provisioner.sandbox.settings import Settings

AREA_CODES_OF_ALL_KINDS = st.integers(200, 999).filter(lambda n: n % 100 != 11).map(str)
POSITION = st.integers(0, POSITIONS - 1)


@given(AREA_CODES_OF_ALL_KINDS, POSITION)
def test_every_position_is_one_number_that_can_be_dialled(area_code: str, position: int) -> None:
    number = number_at(area_code, position)
    assert position_of(number) == position
    assert NATIONAL.read(number) == number
    assert E164.read(f"+1{number}") == number
    assert number[:3] == area_code
    assert number[3:6] != "555"
    assert number[4:6] != "11"


@pytest.mark.parametrize("number", ["9105550100", "9102110100"])
def test_what_is_never_sold_has_no_position_and_no_place(number: str) -> None:
    assert position_of(number) is None
    assert place_of(number) is None


@given(st.sampled_from(sorted(AREA_CODES)), POSITION)
def test_all_numbers_of_an_exchange_are_at_one_place_of_their_area_code(
    area_code: str, position: int
) -> None:
    number = number_at(area_code, position)
    place = place_of(number)
    assert place in AREA_CODES[area_code]
    assert place_of(f"{number[:6]}0000") == place


@pytest.mark.parametrize("area_code", sorted(AREA_CODES))
def test_even_a_small_stock_has_something_of_every_place(area_code: str) -> None:
    places = AREA_CODES[area_code]
    found = Counter(place_of(number_at(area_code, n)) for n in range(len(places) * 2))
    assert found == dict.fromkeys(places, 2)


def test_toll_free_numbers_are_nowhere() -> None:
    assert {place_of(number_at(code, 0)) for code in TOLL_FREE} == {None}


def test_every_other_area_code_is_one_place_of_its_own() -> None:
    others = [code for code in map(str, range(200, 1000)) if is_area_code(code)]
    others = [code for code in others if code not in AREA_CODES and code not in TOLL_FREE]
    assert len(others) > 700
    for code in others:
        found = {place_of(number_at(code, n)) for n in range(10)}
        assert found == {Place(f"AREA CODE {code}", "XX", f"AREACODE{code}", f"99{code}", ())}
    assert place_of("9112345678") is None


def test_the_table_is_sound() -> None:
    assert all(is_area_code(code) for code in AREA_CODES)
    assert not set(AREA_CODES) & set(TOLL_FREE)
    assert len({place.key for place in PLACES}) == len(PLACES)
    for place in PLACES:
        assert len(place.state) == 2
        assert 3 <= len(place.lata) <= 5
        assert len(place.rate_center) <= 13
        assert all(len(code) == 5 and code.isdecimal() for code in place.zips)
        assert place.zips or place.state == "XX"
        assert "_" not in place.city


@pytest.mark.parametrize("code", ["911", "123", "91", "9100"])
def test_stock_for_what_is_no_area_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=f"there is no area code {code}"):
        Settings(stock_by_area_code={"250": 1, code: 1})
