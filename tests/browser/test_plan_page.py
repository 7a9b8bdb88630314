"""The HTML report of a plan, as a reader has it before them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from provisioner.errors import Origin, Problem, Severity
from provisioner.model import Address
from provisioner.planning.plan import Plan
from provisioner.resources import resource_types
from provisioner.views.plan_html import Assets, render_page, render_problems_page
from tests.browser.conftest import OpenPage
from tests.views.conftest import (
    APPLICATION,
    create,
    delete,
    make_plan,
    order,
    quickstart_changes,
    unchanged,
    update,
)

VIEWS = Path(__file__).parents[2] / "provisioner" / "views"
ASSETS = Assets((VIEWS / "plan.css").read_text(), (VIEWS / "plan.js").read_text())
CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
HOSTILE = (
    '"><script>document.title="owned"</script><img src=x onerror="document.title=1">\u202e&amp;'
)
PHONE = {"width": 375, "height": 667}

Open = Callable[..., Page]


def rendered(plan: Plan) -> str:
    return render_page(
        plan,
        resource_types(),
        ASSETS,
        files=("specs/fleet.yaml",),
        created_at="2026-01-02T03:04:05Z",
        tool_version="0.1.0",
    )


@pytest.fixture
def show(open_page: OpenPage, write_page: Callable[[str], str]) -> Open:
    return lambda plan, **options: open_page(write_page(rendered(plan)), **options)


@pytest.fixture(scope="module")
def everything() -> Plan:
    west = ("Durham", "West")
    return make_plan(
        *quickstart_changes(),
        update(Address("site", ("Durham",)), {"description": ("old", "new")}),
        unchanged(Address("sippeer", west), {}),
        update(Address("sms", west), {"toll_free": (False, True)}),
        delete(Address("messaging_application", west), {"application": APPLICATION}),
        delete(Address("site", ("Empty",)), {"name": "Empty"}),
        unmanaged=(Address("site", ("Legacy",)),),
        warnings=(
            Problem(Severity.WARNING, "code", "Summary", "Detail.", Origin("spec.yaml", 3, 4)),
        ),
    )


@pytest.fixture(scope="module")
def thousands() -> Plan:
    changes = [create(Address("site", ("Fleet",)), {"name": "Fleet"})]
    for number in range(1000):
        path = ("Fleet", f"Location {number:04}")
        changes += [
            create(Address("sippeer", path), {"description": f"The {number}th"}),
            create(Address("sms", path), {"toll_free": True, "short_code": True}),
            create(Address("mms", path), {}),
            create(Address("messaging_application", path), {"application": APPLICATION}),
            order(Address("numbers", (*path, "area_code=910")), 2),
        ]
    return make_plan(*changes)


def test_it_begins_with_the_counts_what_is_bought_and_what_is_deleted(
    show: Open, everything: Plan
) -> None:
    page = show(everything)
    expect(page).to_have_title("Plan for account 9900778 at https://dashboard.bandwidth.com")
    overview = page.get_by_role("region", name="Overview")
    expect(overview).to_contain_text("6 to create, 2 to change, 2 to delete, 1 number to order.")
    expect(overview).to_contain_text("1 number in area code 910, for 1 location")
    expect(overview).to_contain_text("site Empty")


def test_the_search_finds_changes_by_all_of_its_words(show: Open, everything: Plan) -> None:
    page = show(everything)
    search = page.get_by_label("Search the changes")
    search.fill("durham TOLL_FREE")
    expect(page.get_by_role("status")).to_have_text("1 of 11 shown")
    expect(page.locator(".change:visible")).to_contain_text("change SMS on Durham/West")
    search.fill("nothing like that")
    expect(page.get_by_text("No change is like that.")).to_be_visible()
    search.fill("")
    expect(page.get_by_role("status")).to_have_text("11 changes")


def test_actions_can_be_left_out(show: Open, everything: Plan) -> None:
    page = show(everything)
    page.get_by_label("create").uncheck()
    expect(page.get_by_role("status")).to_have_text("5 of 11 shown")
    expect(page.locator(".change.create:visible")).to_have_count(0)
    expect(page.locator(".change.delete:visible")).to_have_count(2)


def test_before_and_after_stand_side_by_side(show: Open, everything: Plan) -> None:
    row = show(everything).get_by_role("row", name=re.compile("description old new"))
    before, after = row.locator("td").all()
    left, right = before.bounding_box(), after.bounding_box()
    assert left
    assert right
    assert left["y"] == right["y"]
    assert left["x"] < right["x"]


def test_the_picture_has_a_node_for_each_and_leads_to_its_change(
    show: Open, everything: Plan
) -> None:
    page = show(everything)
    picture = page.locator("svg.topology")
    labels = picture.locator(".label").all_text_contents()
    assert labels == [
        "~ Durham", "~ West", "- Empty", "+ Raleigh", "+ Messaging East", "+ Production Server",
    ]  # fmt: skip
    expect(picture.locator("path.link")).to_have_count(4)
    expect(picture.locator("path.link.deleted")).to_have_count(1)
    page.get_by_label("Search the changes").fill("nothing like that")
    expect(page.locator(".change:visible")).to_have_count(0)
    picture.get_by_role("link", name="sippeer Raleigh/Messaging East: new").click()
    target = page.locator(".change:target")
    expect(target).to_be_in_viewport()
    expect(target).to_contain_text("create sippeer Raleigh/Messaging East")


def test_names_do_nothing_but_stand_there(show: Open) -> None:
    plan = make_plan(
        create(Address("site", (HOSTILE,)), {"description": HOSTILE}, reason=HOSTILE),
        order(Address("numbers", (HOSTILE, HOSTILE, "area_code=910")), 2, reason=HOSTILE),
        delete(Address("application", (HOSTILE,)), {}),
        unmanaged=(Address("site", (HOSTILE,)),),
        warnings=(Problem(Severity.WARNING, "code", "S", HOSTILE, Origin(HOSTILE, 1, 1)),),
    )
    page = show(plan)
    assert page.title().startswith("Plan for account")
    expect(page.locator("img")).to_have_count(0)
    expect(page.locator("script")).to_have_count(1)
    shown = HOSTILE.replace("\u202e", "\\u202e")
    expect(page.locator(".change").first).to_contain_text(shown)


def test_its_policy_would_stop_what_got_in_all_the_same(
    browser: Browser, write_page: Callable[[str], str], everything: Plan
) -> None:
    planted = '<script>document.title="owned"</script><img src="http://127.0.0.1:9/pixel">'
    page = browser.new_page()
    refused: list[str | None] = []
    page.on("requestfailed", lambda request: refused.append(request.failure))
    page.goto(write_page(rendered(everything) + planted))
    expect(page.locator("script")).to_have_count(2)
    assert page.title().startswith("Plan for account")
    assert refused == ["csp"]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_both_schemes(show: Open, everything: Plan, scheme: str) -> None:
    page = show(everything, color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 22, 27)"
    assert dark is (scheme == "dark")


def test_the_check_of_contrast_finds_what_is_poor(
    open_page: OpenPage, write_page: Callable[[str], str]
) -> None:
    poor = write_page('<body style="background:#fff"><p style="color:#999">faint</p><p>clear</p>')
    assert open_page(poor).evaluate(CONTRAST) == ["faint: 2.85"]


def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    show: Open, everything: Plan
) -> None:
    page = show(everything)
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate("""() => {
            const it = document.activeElement, rect = it.querySelector("rect");
            const style = getComputedStyle(it);
            return [it.getAttribute("aria-label") || it.id || it.value || it.tagName,
                    style.outlineStyle !== "none" || getComputedStyle(rect).strokeWidth === "4px"];
        }""")
        if focus[0] == "BODY":
            break
        assert focus[1], focus
        reached.append(focus[0])
    assert {"Picture", "search", "create", "order", "SUMMARY"} <= set(reached)
    assert any(each.startswith("site Durham: changed") for each in reached)


def test_headings_and_fields_are_in_order_and_named(show: Open, everything: Plan) -> None:
    page = show(everything)
    levels = page.eval_on_selector_all(
        "h1, h2, h3, h4", "all => all.map((each) => Number(each.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))
    unnamed = page.eval_on_selector_all(
        "input", "all => all.filter((each) => !each.labels.length).length"
    )
    assert unnamed == 0
    ids = page.eval_on_selector_all("[id]", "all => all.map((each) => each.id)")
    assert len(ids) == len(set(ids))
    assert page.locator("html").get_attribute("lang") == "en"


def test_without_scripts_everything_is_there_to_read(show: Open, everything: Plan) -> None:
    page = show(everything, java_script_enabled=False)
    expect(page.locator(".change:visible")).to_have_count(11)
    expect(page.locator("#filter")).to_be_hidden()


def test_it_fits_a_telephone(show: Open, everything: Plan) -> None:
    page = show(everything, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_print_shows_what_is_folded_and_leaves_the_search_out(show: Open, thousands: Plan) -> None:
    page = show(thousands, color_scheme="dark")
    expect(page.locator(".change").first).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.locator(".change").first).to_be_visible()
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(255, 255, 255)"


def test_5000_changes_can_be_searched(show: Open, thousands: Plan) -> None:
    page = show(thousands)
    expect(page.get_by_role("status")).to_have_text("5001 changes")
    expect(page.locator("svg.topology .label")).to_have_count(3)
    page.get_by_label("Search the changes").fill("0815 order")
    expect(page.get_by_role("status")).to_have_text("1 of 5001 shown")
    expect(page.locator(".change:visible")).to_contain_text("Fleet/Location 0815 (billed)")


def test_what_is_in_the_way_of_a_plan_is_told_on_a_page_too(
    open_page: OpenPage, write_page: Callable[[str], str]
) -> None:
    problem = Problem(
        Severity.ERROR, "unknown-key", "Unknown key", "Did you mean\n  <b>?", Origin("s.yaml", 7, 3)
    )
    content = render_problems_page(
        [problem], ASSETS, created_at="2026-01-02T03:04:05Z", tool_version="0.1.0"
    )
    page = open_page(write_page(content))
    expect(page.get_by_role("heading", level=1)).to_have_text("No plan")
    expect(page.locator("main")).to_contain_text("Error: Unknown key[unknown-key]s.yaml:7:3")
    expect(page.locator("main")).to_contain_text("<b>?")
