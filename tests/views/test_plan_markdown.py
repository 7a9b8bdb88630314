import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from provisioner.errors import Origin, Problem, Severity
from provisioner.model import Address, Resource
from provisioner.planning.plan import Action, AttributeChange, Change, Plan
from provisioner.resource_type import Types
from provisioner.resources import resource_types
from provisioner.views.plan_markdown import (
    LIMIT,
    MARKER,
    render_markdown,
    render_problems_markdown,
    size,
)
from tests.views.conftest import create, delete, make_plan, order

Golden = Callable[[str, str], None]

HOSTILE = (
    "</summary></details><script>alert(1)</script> ```` \n# Heading [link](https://evil.example) "
    "![image](https://evil.example/x.png) @everyone #1 !2 **bold** | `code` <!-- https://e.example"
)


def rendered(plan: Plan, limit: int = LIMIT) -> str:
    return render_markdown(plan, resource_types(), tool_version="0.1.0", limit=limit)


class Seen(HTMLParser):
    """The elements of a page, what stands outside of code, and whether they are nested rightly."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.prose = ""
        self.comments: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" not in self.open:
            self.prose += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def seen(markdown: str) -> Seen:
    return Seen(MarkdownIt("commonmark").enable("table").render(markdown))


@pytest.mark.parametrize("name", ["quickstart", "everything", "fleet", "nothing_to_do", "empty"])
def test_a_plan_is_as_it_was(name: str, golden: Golden, request: pytest.FixtureRequest) -> None:
    golden(f"views/plan_{name}.md", rendered(request.getfixturevalue(name)))


def test_problems_are_as_they_were(refused: tuple[Problem, ...], golden: Golden) -> None:
    golden("views/problems.md", render_problems_markdown(refused, tool_version="0.1.0"))


def test_counts_purchases_and_deletions_stand_before_what_is_folded(everything: Plan) -> None:
    top = rendered(everything).partition("<details>")[0]
    assert top.startswith(MARKER)
    assert "**0 to create, 5 to change, 4 to delete, 3 numbers to order.**" in top
    assert "**Buys 3 numbers, billed from the day they are ordered:**" in top
    assert "- 3 numbers <code>in area code 910</code>, for 1 location" in top
    assert "**Deletes 1 for good:**\n\n- <code>site Empty</code>" in top


def test_5000_changes_fit_a_comment_and_say_that_they_were_cut() -> None:
    changes = [
        create(Address("site", (f"Site {n}",)), {"name": f"Site {n}", "description": f"The {n}th"})
        for n in range(5000)
    ]
    text = rendered(make_plan(*changes))
    assert 0.9 * LIMIT < size(text) <= LIMIT
    assert "**5000 to create," in text
    shown = text.count("\n+ create site") + text.count("\n    description  The")
    missing = re.search(r"Cut here to fit: (\d+) lines not shown", text)
    assert missing
    assert int(missing[1]) == 2 * 5000 - shown
    assert seen(text).open == []


def test_a_single_section_that_is_too_long_is_cut_between_its_lines() -> None:
    site = Address("site", ("Fleet",))
    changes = [create(site, {"name": "Fleet"})] + [
        create(Address("sippeer", ("Fleet", f"East {n}")), {"description": f"Number {n}"})
        for n in range(5000)
    ]
    text = rendered(make_plan(*changes))
    assert 0.9 * LIMIT < size(text) <= LIMIT
    found = seen(text)
    assert found.open == []
    assert "Cut here to fit: " in found.prose


@given(
    names=st.lists(
        st.one_of(st.text(max_size=300), st.just(HOSTILE), st.just("`" * 400), st.just("😀" * 900)),
        max_size=60,
    ),
    limit=st.sampled_from([LIMIT, 40_000]),
)
def test_whatever_things_are_called_it_fits(names: list[str], limit: int) -> None:
    changes = {}
    for name in names:
        site, sippeer = Address("site", (name,)), Address("sippeer", (name, name))
        changes[site] = delete(site, {"name": name})
        changes[sippeer] = create(sippeer, {"description": name}, reason=name)
    text = rendered(make_plan(*changes.values()), limit)
    assert size(text) <= limit
    assert seen(text).open == []


def test_no_name_is_more_than_a_name() -> None:
    site = Address("site", (HOSTILE,))
    block = Address("numbers", (HOSTILE, "East", "area_code=910"))
    warning = Problem(Severity.WARNING, "code", "Summary", HOSTILE, Origin(HOSTILE, 1, 1))
    changes = (
        delete(site, {"name": HOSTILE}),
        order(block, 2, reason=HOSTILE),
        create(Address("application", (HOSTILE,)), {"callback_url": HOSTILE}),
    )
    found = seen(rendered(make_plan(*changes, warnings=(warning,))))
    assert found.tags <= {
        "h3", "p", "strong", "ul", "li", "code", "pre", "details", "summary", "sub",
    }  # fmt: skip
    assert found.comments == [" provisioner "]
    assert not re.search(r"evil|everyone|alert|Heading", found.prose)


def test_a_character_that_takes_two_units_counts_as_two() -> None:
    assert (size("a"), size("é"), size("😀")) == (1, 1, 2)


def test_the_value_of_an_attribute_cannot_close_its_block(types: Types) -> None:
    fence = "```\n</details>\n# Free"
    site = Address("site", ("Raleigh",))
    attribute = AttributeChange("description", None, fence)
    change = Change(Action.CREATE, site, None, Resource(site, {}), (attribute,))
    found = seen(rendered(make_plan(change)))
    assert "Free" not in found.prose
    assert "h1" not in found.tags
