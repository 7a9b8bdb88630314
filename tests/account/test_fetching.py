"""An item or a list is told apart from an answer that is something else."""

from __future__ import annotations

import pytest

from provisioner.account.answers import Answer
from provisioner.account.fetching import get_item, is_missing, list_items
from provisioner.account.xml import parse, text_at
from provisioner.errors import Rejected, Unreadable
from provisioner.resources import resource_types
from tests.account.conftest import Say, in_turn, staged

pytestmark = pytest.mark.anyio

TYPES = resource_types()
LISTED = [each for each in TYPES if TYPES[each].collection]
ITEMS = [each for each in TYPES if TYPES[each].item]


def answer(body: str, status: int = 200) -> Answer:
    return Answer(status, "", parse(body.encode()) if body else None)


async def got(type_name: str, said: Say) -> str | None:
    """The id of the item that was got."""
    async with staged(in_turn(said)) as stage, stage.client() as client:
        item = await get_item(client, "/it", TYPES[type_name])
    return None if item is None else text_at(item, "Id")


def test_every_type_that_is_listed_says_how_its_list_begins() -> None:
    assert len(LISTED) >= 3
    assert all(TYPES[each].list_answer for each in LISTED)


@pytest.mark.parametrize("name", LISTED)
def test_a_list_has_its_items_or_none(name: str) -> None:
    root, element = TYPES[name].list_answer, TYPES[name].element
    assert list_items(answer(f"<{root}/>"), TYPES[name]) == []
    assert list_items(answer("", 204), TYPES[name]) == []
    two = answer(f"<{root}><L><{element}/><{element}/></L></{root}>")
    assert len(list_items(two, TYPES[name])) == 2


@pytest.mark.parametrize("name", LISTED)
def test_what_is_no_list_is_not_taken_for_an_empty_one(name: str) -> None:
    element = TYPES[name].element
    for body in ("", "<html/>", f"<{element}/>", f"<R><{element}/></R>", f"<{element}Response/>"):
        with pytest.raises(Unreadable, match=f"The answer is not <{TYPES[name].list_answer}>"):
            list_items(answer(body), TYPES[name])


@pytest.mark.parametrize("name", ITEMS)
async def test_an_item_is_got_wherever_it_stands(name: str) -> None:
    for element in (TYPES[name].element, *TYPES[name].aliases):
        item = f"<{element}><Id>7</Id></{element}>"
        assert await got(name, Say(body=item)) == "7"
        assert await got(name, Say(body=f"<R><ResponseStatus/>{item}</R>")) == "7"


@pytest.mark.parametrize("name", ITEMS)
async def test_an_item_that_is_not_there_is_none(name: str) -> None:
    assert await got(name, Say(404)) is None
    for code in TYPES[name].missing_codes:
        said = f"<R><ResponseStatus><ErrorCode>{code}</ErrorCode></ResponseStatus></R>"
        assert await got(name, Say(400, said)) is None


@pytest.mark.parametrize("name", ITEMS)
async def test_a_refusal_is_not_taken_for_an_item_that_is_not_there(name: str) -> None:
    with pytest.raises(Rejected):
        await got(name, Say(400))


@pytest.mark.parametrize("name", [each for each in ITEMS if each != "messaging_application"])
@pytest.mark.parametrize(
    "said",
    [Say(), Say(204), Say(body="<html/>"), Say(body="<R><Other/></R>")],
    ids=["empty", "204", "unrelated", "other"],
)
async def test_an_answer_without_the_item_is_not_taken_for_its_absence(
    name: str, said: Say
) -> None:
    with pytest.raises(Unreadable, match=f"holds no <{TYPES[name].element}>"):
        await got(name, said)


@pytest.mark.parametrize("said", [Say(), Say(204), Say(body="<R/>")], ids=["empty", "204", "bare"])
async def test_what_an_unassigned_location_answers_is_not_known(said: Say) -> None:
    assert await got("messaging_application", said) is None


def test_none_is_told_by_404_and_for_some_types_by_a_code() -> None:
    assert is_missing(Rejected("", status=404, code=None), TYPES["sms"])
    assert is_missing(Rejected("", status=400, code="13563"), TYPES["sippeer"])
    assert not is_missing(Rejected("", status=400, code="13563"), TYPES["sms"])
    assert not is_missing(Rejected("", status=400, code=None), TYPES["sippeer"])


@pytest.mark.parametrize("body", ["<html/>", "Not Found"], ids=["page", "text"])
@pytest.mark.parametrize("name", ITEMS)
async def test_a_404_of_someone_else_does_not_mean_that_there_is_none(name: str, body: str) -> None:
    with pytest.raises(Rejected):
        await got(name, Say(404, body))
