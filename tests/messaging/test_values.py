"""Numbers, segments, tags and codes: what needs no account."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.digits import is_toll_free
from provisioner.messaging.codes import CODES, explain
from provisioner.messaging.delivery import Receipt, State, merged, overall, state_of
from provisioner.messaging.personal_data import personal_data_in
from provisioner.messaging.segments import count_segments
from provisioner.messaging.telephone import is_local, read_number
from provisioner.sandbox.traffic import segments as sandbox_segments

DOCUMENTED_CODES = [
    4001, 4301, 4302, 4303, 4350, 4360, 4401, 4403, 4404, 4405, 4406, 4407, 4408, 4409,
    4410, 4411, 4412, 4420, 4421, 4431, 4432, 4433, 4434, 4435, 4451, 4452, 4470, 4476,
    4481, 4482, 4492, 4493, 4700, 4701, 4702, 4711, 4712, 4720, 4721, 4730, 4740, 4750,
    4751, 4752, 4753, 4770, 4771, 4772, 4773, 4774, 4775, 4780, 4781, 4785, 4790, 4791,
    4792, 4793, 4795, 5100, 5101, 5106, 5111, 5201, 5211, 5220, 5229, 5231, 5500, 5501,
    5600, 5610, 5620, 5630, 5650, 5999, 9902, 9999,
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("+19195551212", "+19195551212"),
        (" +19195551212 ", "+19195551212"),
        ("9195551212", "+19195551212"),
        ("+4915112345678", "+4915112345678"),
        ("12345", "12345"),
        ("123456", "123456"),
    ],
)
def test_a_number_is_e164_a_short_code_or_ten_digits_of_the_us(said: str, number: str) -> None:
    assert read_number(said) == number


@pytest.mark.parametrize(
    ("said", "way_out"),
    [
        ("19195551212", "Write +19195551212."),
        ("(919) 555-1212", "Write +19195551212."),
        ("+1 919 555 1212", "Write +19195551212."),
        ("1195551212", "Write it as in +19195551212 (E.164)."),
        ("1234567", "Write it as in +19195551212 (E.164)."),
        ("Acme", "Write it as in +19195551212 (E.164)."),
        ("", "Write it as in +19195551212 (E.164)."),
        ("+٣٤٥٦٧٨٩٠١٢", "Write it as in +19195551212 (E.164)."),
    ],
)
def test_what_is_no_number_is_refused_with_the_way_out(said: str, way_out: str) -> None:
    with pytest.raises(ValueError, match="is not") as caught:
        read_number(said)
    assert str(caught.value).endswith(way_out)


def test_toll_free_and_local_numbers_are_told_apart() -> None:
    numbers = ("+18005551212", "+18115551212", "+3880055512", "12345")
    assert [is_toll_free(each) for each in numbers] == [True, False, False, False]
    assert [is_local(each) for each in ("+19195551212", "+18005551212", "+4915112345678")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "count", "encoding", "places"),
    [
        ("", 1, "GSM-7", 0),
        ("a" * 160, 1, "GSM-7", 160),
        ("a" * 161, 2, "GSM-7", 161),
        ("a" * 306, 2, "GSM-7", 306),
        ("a" * 307, 3, "GSM-7", 307),
        ("€" * 80, 1, "GSM-7", 160),
        ("€" * 81, 2, "GSM-7", 162),
        ("a" * 152 + "€" + "a" * 10, 2, "GSM-7", 164),
        ("ő" * 70, 1, "UCS-2", 70),
        ("ő" * 71, 2, "UCS-2", 71),
        ("😀" * 35, 1, "UCS-2", 70),
        ("😀" * 36, 2, "UCS-2", 72),
        ("a" * 70 + "`", 2, "UCS-2", 71),
    ],
)
def test_segments_are_counted_as_carriers_do(
    text: str, count: int, encoding: str, places: int
) -> None:
    counted = count_segments(text)
    assert (counted.count, counted.encoding, counted.places) == (count, encoding, places)


def test_the_characters_that_cost_the_long_segments_are_named() -> None:
    assert count_segments("naïve “quotes” ï").foreign == "ï“”"


@given(st.text(st.sampled_from("aé€ő😀[\n"), max_size=400))
def test_our_count_of_segments_is_that_of_the_account(text: str) -> None:
    assert count_segments(text).count == sandbox_segments.count_segments(text)


@pytest.mark.parametrize(
    ("tag", "kinds"),
    [
        ("ann@example.com", ("an e-mail address",)),
        ("call +19195551212", ("a telephone number",)),
        ("919-555-1212", ("a telephone number",)),
        ("ssn 078-05-1120", ("a social security number",)),
        ("4111 1111 1111 1111", ("a card number",)),
        ("order-20240312-77", ()),
        ("bwp-0a1b2c3d4e5f60718293", ()),
        ("4111 1111 1111 1112", ()),
        ("", ()),
    ],
)
def test_personal_data_in_a_tag_is_recognised(tag: str, kinds: tuple[str, ...]) -> None:
    assert personal_data_in(tag) == kinds


def test_every_documented_code_is_explained_from_the_one_table() -> None:
    assert sorted(CODES) == DOCUMENTED_CODES
    for explanation in CODES.values():
        assert explanation.meaning.endswith(".")
        assert explanation.advice.endswith(".")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4799, "A carrier refused"),
        (4999, "The service refused"),
        (5699, "A carrier failed"),
        (5999, "does not name"),
        (5998, "The service failed"),
        (9000, "no meaning"),
    ],
)
def test_a_code_that_no_table_has_is_explained_by_its_class(code: int, words: str) -> None:
    assert words in explain(code).meaning


def test_an_end_stays_an_end_whatever_comes_later() -> None:
    known = {"a": Receipt("a"), "b": Receipt("b")}
    known = merged(known, [Receipt("a", State.DELIVERED), Receipt("c", State.FAILED)])
    known = merged(known, [Receipt("a", State.OPEN, word="SENDING"), Receipt("b", word="SENDING")])
    assert [(each.recipient, each.state, each.word) for each in known.values()] == [
        ("a", State.DELIVERED, ""),
        ("b", State.OPEN, "SENDING"),
    ]


def test_a_failure_counts_more_than_a_delivery_of_the_same_copy() -> None:
    delivered, failed = Receipt("a", State.DELIVERED), Receipt("a", State.FAILED, 4303)
    for news in ([delivered, failed], [failed, delivered]):
        assert merged({"a": Receipt("a")}, news)["a"] == failed


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([State.DELIVERED, State.DELIVERED], State.DELIVERED),
        ([State.DELIVERED, State.FAILED], State.FAILED),
        ([State.FAILED, State.OPEN], State.OPEN),
    ],
)
def test_a_group_is_delivered_when_every_copy_is(states: list[State], whole: State) -> None:
    assert overall(Receipt(str(n), state) for n, state in enumerate(states)) is whole


def test_words_of_the_list_that_nobody_knows_leave_a_message_open() -> None:
    words = ["DELIVERED", "FAILED", "UNDELIVERED", "SENT", "BRAND_NEW"]
    assert [state_of(word).value for word in words] == [
        "delivered",
        "failed",
        "failed",
        "open",
        "open",
    ]
