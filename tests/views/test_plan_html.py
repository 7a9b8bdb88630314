import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.errors import Problem
from provisioner.model import Address, Resource
from provisioner.planning.plan import Action, AttributeChange, Change, Plan
from provisioner.resources import resource_types
from provisioner.views.html import VOID, Markup, element, joined
from provisioner.views.plan_html import Assets, render_page, render_problems_page
from tests.views.conftest import create, make_plan, order

Golden = Callable[[str, str], None]

ASSETS = Assets("p { color: red }", "let x = 1;")
"""Golden pages show what is ours to render; the real style and script are files of their own."""
VIEWS = Path(__file__).parents[2] / "provisioner" / "views"


def rendered(plan: Plan, assets: Assets = ASSETS) -> str:
    return render_page(
        plan,
        resource_types(),
        assets,
        files=("specs/fleet.yaml",),
        created_at="2026-01-02T03:04:05Z",
        tool_version="0.1.0",
    )


def broken(page: str) -> str:
    """The page with a line for each element, so that a difference can be read."""
    return re.sub(r"(?=<(?!/)(?!title>))", "\n", page).lstrip("\n")


class Page(HTMLParser):
    """The elements and texts of a page; every element that is opened has to be closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in VOID | {"br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("name", ["quickstart", "everything", "fleet", "nothing_to_do", "empty"])
def test_a_page_is_as_it_was(name: str, golden: Golden, request: pytest.FixtureRequest) -> None:
    page = broken(rendered(request.getfixturevalue(name)))
    if name == "fleet":
        page = page.partition('<details class="section">')[0]
    golden(f"views/plan_{name}.html", f"{page.rstrip()}\n")


def test_problems_are_as_they_were(refused: tuple[Problem, ...], golden: Golden) -> None:
    page = render_problems_page(
        refused, ASSETS, created_at="2026-01-02T03:04:05Z", tool_version="0.1.0"
    )
    golden("views/problems.html", broken(page))


def test_the_page_is_whole_and_asks_for_nothing(everything: Plan) -> None:
    style, script = (VIEWS / f"plan.{kind}" for kind in ("css", "js"))
    page = rendered(everything, Assets(style.read_text(), script.read_text()))
    assert page.startswith("<!doctype html>\n<html ")
    found = Page(page)
    assert not {"link", "img", "iframe", "object", "base"} & set(found.tags)
    assert not {"src", "srcset", "style", "onclick"} & set(found.attributes)
    assert "url(" not in style.read_text()
    assert "@import" not in style.read_text()
    assert "default-src &#x27;none&#x27;" in page


@given(name=st.text(min_size=1), value=st.text())
def test_whatever_things_are_called_the_page_keeps_its_shape(name: str, value: str) -> None:
    def plan(label: str, text: str) -> Plan:
        return make_plan(
            create(Address("site", (label,)), {"description": text}, reason="because"),
            create(Address("sippeer", (label, label)), {"default": True}),
            order(Address("numbers", (label, label, "area_code=910")), 2),
        )

    hostile, harmless = Page(rendered(plan(name, value))), Page(rendered(plan("a", "b")))
    assert hostile.tags == harmless.tags
    assert hostile.attributes == harmless.attributes


@given(st.text())
def test_a_text_is_never_markup(text: str) -> None:
    made = element("p", text, title=text)
    assert isinstance(made, Markup)
    assert Page(made).tags == ["p"]
    assert Page(joined(text, made)).tags == ["p"]


def test_markup_goes_in_as_it_is() -> None:
    assert element("p", element("b", "<"), ">") == "<p><b>&lt;</b>&gt;</p>"
    assert element("input", checked=True, hidden=False, for_="x", data_n=1) == (
        '<input checked for="x" data-n="1">'
    )


def test_attributes_that_stay_as_they_are_are_there_too() -> None:
    site = Address("site", ("Durham",))
    before = Resource(site, {"description": "old", "customer_name": "BW"})
    after = Resource(site, {"description": "new"})
    difference = (AttributeChange("description", "old", "new"),)
    page = rendered(make_plan(Change(Action.UPDATE, site, before, after, difference)))
    row = '<tr class="kept"><th scope="row">customer_name</th><td>BW</td><td>unchanged</td></tr>'
    assert row in page
