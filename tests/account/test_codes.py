"""What to do about a refusal."""

import pytest

from provisioner.account.codes import ADVICE, advice_in, advice_on


@pytest.mark.parametrize("code", ADVICE)
def test_every_advice_is_a_sentence_or_two_for_a_code_of_the_service(code: str) -> None:
    assert code.isdecimal()
    assert ADVICE[code][0].isupper()
    assert ADVICE[code].endswith(".")


def test_the_same_way_out_is_told_once() -> None:
    assert advice_on(["5016", "5023"]) == ADVICE["5016"] == ADVICE["5023"]
    assert advice_on(["13522", "13501"]) == f"{ADVICE['13522']} {ADVICE['13501']}"


def test_a_code_that_nobody_knows_has_no_advice_but_that_of_the_status() -> None:
    assert advice_on(["99999", None], 400) == ""
    assert advice_on([None], 402).startswith("The account cannot pay")


def test_an_order_tells_its_codes_in_its_reason() -> None:
    assert advice_in("5018 None left; 5005 Taken") == ADVICE["5018"]
    assert advice_in("nobody knows of 5018") == ""
