"""The sandbox as an engineer has it before them, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.scene import (
    CUSTOMER,
    Scene,
    application_body,
    furnish,
    open_receiver,
    open_scene,
    site_body,
)

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 375, "height": 667}
VIEWS = ("account", "orders", "messages", "callbacks", "requests", "timeline", "controls")
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='o'\">"

Show = Callable[..., Page]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """An account with something of everything, which is looked at alone."""
    with open_receiver() as receiver, open_scene(callbacks=True) as scene:
        furnish(scene, receiver, tmp_path_factory.mktemp("scene"))
        yield scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A number on a location that can send, and a site beside it without anything."""
    with open_scene() as scene:
        scene.prepare()
        yield scene


@pytest.fixture
def show(open_page: OpenPage) -> Show:
    """`show(scene, "orders")`: a view of it, in a tab of its own."""

    def shown(scene: Scene, path: str = "account", **options: Any) -> Page:
        page = open_page(f"{scene.url}/#/{path}", **options)
        expect(page.get_by_role("status").filter(has_text="live")).to_be_visible()
        return page

    return shown


def go_to(page: Page, path: str) -> None:
    """Another view of it, or what is open in one, once that is there."""
    page.evaluate("path => { location.hash = `/${path}`; }", path)
    view, _, item = path.partition("/")
    expect(page).to_have_title(f"{view.title()} – Sandbox")
    if item:
        detail = page.get_by_role("region", name=f"{view.title()}: details")
        expect(detail.get_by_role("heading").first).to_be_visible()


def row(place: Page | Locator, text: str = "") -> Locator:
    """The rows of a list that have this text, one that is open or not."""
    return place.locator(".row").filter(has_text=text)


def talk_on(page: Page) -> Locator:
    """The messages of the conversation that is open."""
    return page.get_by_role("listbox", name="Messages")


def refused(page_faults: list[str]) -> None:
    """The browser logs what was refused with 400, which is meant."""
    assert page_faults
    assert all("status of 400" in fault for fault in page_faults)
    page_faults.clear()


def paths_of(scene: Scene) -> list[str]:
    """Each view, and something that is open in it."""
    east = scene.location("Messaging East")
    (order, *_) = scene.control("GET", "/view/orders")["rows"]
    (callback, *_) = scene.control("GET", "/view/callbacks")["rows"]
    (request, *_) = scene.control("GET", "/view/requests?refused=1")["rows"]
    number = east["own"][0].removeprefix("+1")
    return [
        *VIEWS,
        *(f"account/{kind}" for kind in (f"sippeer/{east['id']}", f"number/{number}")),
        f"account/application/{east['application']}",
        f"orders/{order['id']}",
        f"messages/{quote(east['own'][0] + ' ' + CUSTOMER)}",
        f"callbacks/{callback['id']}",
        f"requests/{request['number']}",
        f"timeline/{request['number']}",
    ]


# What is there


def test_the_tree_shows_applications_sites_locations_and_numbers(
    furnished: Scene, show: Show
) -> None:
    page = show(furnished)
    tree = page.get_by_role("tree", name="Account")
    for name in ("Application Support desk", "Site Raleigh", "Location Messaging East"):
        expect(tree.get_by_role("treeitem", name=name)).to_be_visible()
    east = tree.get_by_role("treeitem", name="Location Messaging East")
    expect(east).to_contain_text("SMS")
    expect(east).to_contain_text("Support desk")
    expect(east).to_contain_text("6 numbers")
    east.locator(".twisty").click()
    expect(row(tree, "Number (")).to_have_count(6)
    row(tree, "Number (").first.click()
    detail = page.get_by_role("region", name="Account: details")
    expect(detail).to_contain_text("Inservice")
    expect(detail.get_by_role("link", name="Raleigh / Messaging East")).to_be_visible()


def test_the_tree_can_be_searched(furnished: Scene, show: Show) -> None:
    page = show(furnished)
    page.get_by_label("Find a name, id or number").fill("denv")
    expect(page.get_by_role("treeitem", name="Site Denver")).to_be_visible()
    expect(page.get_by_role("treeitem", name="Location Messaging West")).to_be_visible()
    expect(page.get_by_role("treeitem", name="Site Raleigh")).to_have_count(0)


def test_a_number_is_found_however_it_is_written(furnished: Scene, show: Show) -> None:
    page = show(furnished)
    own = furnished.location("Messaging East")["own"][0]
    digits = own.removeprefix("+1")
    search = page.get_by_label("Find a name, id or number")
    for written in (own, f"({digits[:3]}) {digits[3:6]}-{digits[6:]}", f"1{digits}", digits[3:]):
        search.fill(written)
        expect(row(page, "Numbers 1")).to_be_visible()
        expect(row(page, "Number (")).to_have_count(1)
        search.fill("Raleigh")
        expect(row(page, "Number (")).to_have_count(0)
    search.fill(digits[3:])
    row(page, "Number (").click()
    detail = page.get_by_role("region", name="Account: details")
    expect(detail.get_by_role("link", name="Raleigh / Messaging East")).to_be_visible()
    expect(detail).to_contain_text("Inservice")


def test_a_number_says_where_it_is_for_who_comes_from_its_order(
    furnished: Scene, show: Show
) -> None:
    page = show(furnished, "orders")
    row(page, "6 of 6").click()
    detail = page.get_by_role("region", name="Orders: details")
    detail.get_by_role("link", name="(919)").first.click()
    number = page.get_by_role("region", name="Account: details")
    expect(number.get_by_role("link", name="Raleigh / Messaging East")).to_be_visible()
    go_to(page, "account")
    page.evaluate("location.hash += '/number/2125550100'")
    expect(number).to_contain_text("This number is not in the account.")


def test_an_empty_account_says_what_to_do(show: Show) -> None:
    with open_scene() as scene:
        page = show(scene)
        expect(page.get_by_text("Nothing is here yet.")).to_be_visible()


def test_a_conversation_shows_each_attempt_to_tell_of_a_message(
    furnished: Scene, show: Show
) -> None:
    own = furnished.location("Messaging East")["own"][0]
    page = show(furnished, f"messages/{quote(f'{own} {CUSTOMER}')}")
    talk = talk_on(page)
    expect(row(talk)).to_have_count(3)
    row(talk, "Here is the box").click()
    detail = page.get_by_role("region", name="Messages: details")
    expect(detail).to_contain_text("case 4711")
    sending = detail.get_by_role("article").filter(has_text="message-sending")
    expect(sending.get_by_role("listitem")).to_contain_text(
        ["401 without credentials", "204 with credentials"]
    )


def test_a_refused_request_is_held_against_one_that_is_accepted(
    furnished: Scene, show: Show
) -> None:
    page = show(furnished, "requests")
    page.get_by_label("Refused only").check()
    row(page, "400 13500").click()
    detail = page.get_by_role("region", name="Requests: details")
    expect(detail).to_contain_text("13500 PeerName is required")
    expect(
        detail.locator("pre .wanted").filter(has_text="<PeerName>East</PeerName>")
    ).to_be_visible()
    row(page, "400 5009").click()
    expect(detail.locator("pre .refused")).to_contain_text("<Quantity>many</Quantity>")


def test_the_timeline_has_a_bar_for_each_call(furnished: Scene, show: Show) -> None:
    page = show(furnished, "timeline")
    total = furnished.control("GET", "/view/requests")["total"]
    page.get_by_label("Run").select_option(index=0)
    expect(page.get_by_text(f"{total} calls in")).to_be_visible()
    first, last = page.locator(".timeline .bar").first, page.locator(".timeline .bar").nth(5)
    expect(first).to_be_visible()
    expect(last).to_be_visible()
    left, right = first.bounding_box(), last.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] < right["x"]


# What can be done


def test_an_order_is_seen_as_it_goes_on(scene: Scene, show: Show) -> None:
    page = show(scene, "orders")
    page.get_by_role("button", name="Hold orders").click()
    expect(page.get_by_text("Orders are held")).to_be_visible()
    order = scene.order(4)
    first = row(page).first
    expect(first).to_contain_text("RECEIVED")
    first.click()
    expect(page).to_have_url(f"{scene.url}/#/orders/{order}")
    page.get_by_role("button", name="Release orders").click()
    expect(first).to_contain_text("COMPLETE")
    detail = page.get_by_role("region", name="Orders: details")
    expect(detail).to_contain_text("4 of 4 numbers")
    expect(detail.get_by_role("link", name="(910)")).to_have_count(4)


def test_the_tree_grows_while_it_is_looked_at(scene: Scene, show: Show) -> None:
    page = show(scene)
    scene.call("POST", "/applications", application_body("New one"))
    expect(page.get_by_role("treeitem", name="Application New one")).to_be_visible()


def test_a_message_is_sent_as_an_application_would(scene: Scene, show: Show) -> None:
    page = show(scene, "messages")
    page.get_by_role("button", name="Send", exact=True).click()
    dialog = page.get_by_role("dialog", name="Send as an application")
    dialog.get_by_label("Text").fill("Out it goes")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_have_count(0)
    row(page, "Out it goes").click()
    expect(row(talk_on(page), "Out it goes")).to_contain_text("DELIVERED")


def test_what_the_account_refuses_stays_in_the_form(scene: Scene, show: Show) -> None:
    page = show(scene, "messages")
    page.get_by_role("button", name="Send", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To").fill("nobody")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("alert")).to_contain_text("400: The message cannot be accepted")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize(
    ("to", "picture", "shown"),
    [([], False, "SMS"), ([], True, "1 picture"), (["+19195551213"], False, "MMS")],
    ids=["text", "picture", "group"],
)
def test_a_message_comes_in(
    scene: Scene, show: Show, to: list[str], picture: bool, shown: str
) -> None:
    page = show(scene, "messages")
    page.get_by_role("button", name="Let one come in").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To").fill(" ".join([scene.own, *to]))
    dialog.get_by_label("Text").fill("Anyone there?")
    if picture:
        dialog.get_by_role("button", name="picture").click()
    dialog.get_by_role("button", name="Let it come in").click()
    expect(dialog).to_have_count(0)
    row(page, "Anyone there?").click()
    row(talk_on(page), "Anyone there?").click()
    expect(page.get_by_role("region", name="Messages: details")).to_contain_text(shown)
    expect(page.locator("dd img")).to_have_count(int(picture))


def test_a_conversation_goes_on_from_both_sides(scene: Scene, show: Show) -> None:
    scene.receive("Hello?")
    page = show(scene, f"messages/{quote(f'{scene.own} {CUSTOMER}')}")
    words = page.get_by_label("Go on with")
    words.fill("We are here")
    page.get_by_role("button", name="Send as the application").click()
    expect(row(talk_on(page), "sent: We are here")).to_be_visible()
    expect(words).to_have_value("")
    words.fill("Good")
    page.get_by_role("button", name="Let it come in").click()
    expect(row(talk_on(page), "came in: Good")).to_be_visible()


def test_a_ready_fault_loses_the_next_orders_answer(scene: Scene, show: Show) -> None:
    page = show(scene, "controls")
    page.get_by_role("button", name="answer is lost").click()
    expect(page.get_by_role("listitem").filter(has_text="drop-after nth=1")).to_contain_text(
        "armed"
    )
    with pytest.raises(Exception, match="disconnected"):
        scene.order(1)
    expect(page.get_by_text("1 request counted")).to_be_visible()
    page.get_by_role("link", name="Requests").click()
    lost = row(page).first
    expect(lost).to_contain_text("no answer")
    expect(lost).to_contain_text("drop-after")
    page.get_by_role("link", name="Controls").click()
    page.get_by_role("button", name="End all faults").click()
    expect(page.get_by_text("No fault is armed.")).to_be_visible()


def test_a_rule_that_cannot_be_read_says_why(
    scene: Scene, show: Show, page_faults: list[str]
) -> None:
    page = show(scene, "controls")
    page.get_by_label("A rule of your own").fill("POST /orders explode")
    page.get_by_role("button", name="Arm", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="there is no kind")).to_be_visible()
    refused(page_faults)


def test_the_stock_is_set(scene: Scene, show: Show) -> None:
    page = show(scene, "controls")
    page.get_by_label("Area code", exact=True).fill("212")
    page.get_by_label("Numbers in all").fill("0")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_role("row", name="212")).to_contain_text("none")


def test_a_snapshot_is_saved_and_loaded_after_a_reset(
    scene: Scene, show: Show, tmp_path: Path, page_faults: list[str]
) -> None:
    page = show(scene, "controls")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save a snapshot").click()
    file = tmp_path / "snapshot.json"
    saved.value.save_as(file)
    page.get_by_role("button", name="Reset…").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert scene.tree()["sites"] == []
    page.get_by_label("Load a snapshot").set_input_files(file)
    expect(page.get_by_text("snapshot.json is loaded")).to_be_visible()
    assert len(scene.tree()["sites"]) == 1
    file.write_text("{}")
    page.get_by_label("Load a snapshot").set_input_files(file)
    expect(page.get_by_text("not a snapshot of this version")).to_be_visible()
    refused(page_faults)


def test_an_archive_is_drawn_as_the_log_is(scene: Scene, show: Show, tmp_path: Path) -> None:
    entries = [
        {
            "startedDateTime": f"2026-01-02T03:04:0{n}.000Z",
            "time": 1500,
            "request": {"method": "GET", "url": f"https://api.example/v1/things/{n}"},
            "response": {"status": 200 + 300 * n, "content": {"text": "{}"}},
            "timings": {"blocked": 500},
        }
        for n in range(2)
    ]
    file = tmp_path / "other.har"
    file.write_text(json.dumps({"log": {"entries": entries}}))
    page = show(scene, "timeline")
    page.get_by_label("Open a HAR").set_input_files(file)
    said = "2 calls in 2.5 s, at most 2 side by side, 3.0 s of answering in all, from other.har"
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.locator(".bar.waited")).to_have_count(2)
    row(page, "things/1").click()
    expect(page.get_by_role("region", name="Timeline: details")).to_contain_text("500")
    file.write_text("[]")
    page.get_by_label("Open a HAR").set_input_files(file)
    expect(page.get_by_text("other.har is not an HTTP Archive")).to_be_visible()
    page.get_by_role("button", name="Back to the sandbox").click()
    expect(page.get_by_text("from other.har")).to_have_count(0)


def test_an_archive_stays_though_the_log_comes_after_it(
    scene: Scene, show: Show, tmp_path: Path
) -> None:
    file = tmp_path / "empty.har"
    file.write_text('{"log": {"entries": []}}')
    page = show(scene)
    late: list[Route] = []
    page.route("**/view/requests?*", lambda route: late.append(route))  # noqa: PLW0108 -- it is marked
    with page.expect_request("**/view/requests?*"):
        go_to(page, "timeline")
    page.get_by_label("Open a HAR").set_input_files(file)
    expect(page.get_by_text("No calls yet.")).to_be_visible()
    with page.expect_response("**/view/requests?*"):
        late[0].continue_()
    page.get_by_role("button", name="Back to the sandbox").focus()
    expect(page.get_by_text("No calls yet.")).to_be_visible()
    expect(page.locator(".timeline .bar")).to_have_count(0)


# Who looks at it, and how


def test_everything_can_be_done_by_keyboard_alone(scene: Scene, show: Show) -> None:
    page = show(scene)
    tree = page.get_by_role("tree")
    page.get_by_label("Find a name, id or number").focus()
    page.keyboard.press("Tab")
    expect(tree).to_be_focused()
    for key in ("End", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(row(page, "(919)")).to_be_visible()
    page.keyboard.press("Enter")
    detail = page.get_by_role("region", name="Account: details")
    expect(detail).to_be_focused()
    expect(detail).to_contain_text("E.164")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send from it")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Send as an application")
    expect(dialog.get_by_label("From")).to_have_value(scene.own)
    dialog.get_by_label("Text").focus()
    page.keyboard.type(" by keyboard")
    dialog.get_by_label("Tag").press("Enter")
    expect(dialog).to_have_count(0)
    assert scene.control("GET", "/view/conversations")["total"] == 1


def test_the_tree_folds_and_unfolds_by_arrows(furnished: Scene, show: Show) -> None:
    page = show(furnished)
    tree = page.get_by_role("tree")
    sites = tree.get_by_role("treeitem", name="Sites")
    expect(sites).to_have_attribute("aria-expanded", "true")
    tree.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(sites).to_have_attribute("aria-expanded", "false")
    expect(tree.get_by_role("treeitem", name="Site Raleigh")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    active = page.locator(".row.active")
    expect(active).to_contain_text("Site Denver")
    expect(tree).to_have_attribute("aria-activedescendant", str(active.get_attribute("id")))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(active).to_contain_text("Sites")


def test_what_has_the_focus_keeps_it_while_the_account_changes(scene: Scene, show: Show) -> None:
    page = show(scene, f"account/sippeer/{scene.sippeer}")
    detail = page.get_by_role("region", name="Account: details")
    expect(detail).to_be_focused()
    page.keyboard.press("Tab")
    site = detail.get_by_role("link", name="Raleigh")
    expect(site).to_be_focused()
    scene.call("PUT", f"/sites/{scene.site}", site_body("Durham"))
    renamed = detail.get_by_role("link", name="Durham")
    expect(renamed).to_be_focused()
    scene.call("POST", "/applications", application_body("Another"))
    expect(page.get_by_role("treeitem", name="Another")).to_be_visible()
    expect(renamed).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{scene.url}/#/account/site/{scene.site}")


def test_a_control_keeps_the_focus_when_it_is_used(scene: Scene, show: Show) -> None:
    page = show(scene, "controls")
    page.get_by_role("button", name="Hold them").focus()
    page.keyboard.press("Enter")
    release = page.get_by_role("button", name="Release them")
    expect(release).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Hold them")).to_be_focused()
    page.get_by_role("button", name="answer is lost").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="End all faults").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("No fault is armed.")).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()


def test_the_active_row_stays_the_same_thing_when_others_come_above_it(
    scene: Scene, show: Show
) -> None:
    page = show(scene, "orders")
    orders = [scene.order(1, name=f"Order {number}") for number in range(3)]
    expect(row(page, "Order 2")).to_be_visible()
    places = page.get_by_role("listbox")
    places.focus()
    page.keyboard.press("ArrowDown")
    active = page.locator(".row.active")
    expect(active).to_contain_text("Order 1")
    identity = active.get_attribute("id")
    for number in range(3, 33):
        scene.order(1, name=f"Order {number}")
    expect(active).to_have_attribute("aria-posinset", "32")
    expect(active).to_contain_text("Order 1")
    expect(active).to_be_in_viewport()
    expect(places).to_have_attribute("aria-activedescendant", str(identity))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{scene.url}/#/orders/{orders[1]}")


def test_what_is_read_stays_in_place_when_others_come_above_it(scene: Scene, show: Show) -> None:
    page = show(scene, "requests", viewport={"width": 1100, "height": 500})
    for number in range(120):
        scene.call("GET", f"/sites/{number}")
    seen = row(page, "/sites/60").first
    places = page.get_by_role("listbox")
    expect(row(page, "/sites/119")).to_be_visible()
    places.evaluate("list => list.scrollTop = 58 * 58")
    expect(seen).to_be_in_viewport()
    before = seen.bounding_box()
    for number in range(40):
        scene.call("GET", f"/applications/{number}")
    expect(seen).to_have_attribute("aria-posinset", "100")
    assert seen.bounding_box() == before


def test_what_was_folded_out_stays_so(show: Show) -> None:
    with open_receiver() as receiver, open_scene(callbacks=True) as scene:
        scene.prepare()
        told = application_body("Desk").replace("https://example.com/in", f"{receiver}/orders")
        assert scene.call("PUT", f"/applications/{scene.application}", told).is_success
        scene.receive("Hello?")
        page = show(scene, f"messages/{quote(f'{scene.own} {CUSTOMER}')}")
        row(talk_on(page), "Hello?").click()
        callback = page.get_by_role("article").filter(has_text="message-received")
        callback.get_by_text("Body").click()
        body = callback.locator("pre").filter(has_text="message-received")
        expect(body).to_be_visible()
        scene.receive("Is anybody there?")
        expect(row(talk_on(page), "Is anybody there?")).to_be_visible()
        expect(body).to_be_visible()


def test_the_last_thing_that_is_looked_for_is_found(scene: Scene, show: Show) -> None:
    page = show(scene, "requests")
    scene.call("GET", "/orders?page=1&size=10")
    expect(row(page, "/orders?page")).to_be_visible()
    page.get_by_label("Find by method").press_sequentially("/orders?page=1")
    expect(row(page)).to_have_count(1)


@pytest.mark.parametrize("view", VIEWS)
def test_a_phone_shows_one_thing_at_a_time(furnished: Scene, show: Show, view: str) -> None:
    page = show(furnished, view, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if view == "controls":
        return
    item = row(page).nth(1)
    item.click()
    back = page.get_by_role("button", name="Back")
    expect(back).to_be_visible()
    expect(page.get_by_role("region", name=view.title(), exact=True)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    back.click()
    expect(item).to_be_visible()


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_names_stay_text(scene: Scene, show: Show, view: str) -> None:
    scene.call("POST", "/applications", application_body(HOSTILE))
    scene.call("POST", "/sites", site_body(HOSTILE[:40]))
    scene.call("POST", "/sites?q=<script>alert(1)</script>", site_body(HOSTILE))
    scene.order(1, name="<img src=x onerror=alert(1)>")
    scene.receive(HOSTILE)
    scene.send(applicationId=HOSTILE, **{"from": HOSTILE}, to=[HOSTILE], text=HOSTILE, tag=HOSTILE)
    page = show(scene, view)
    rows = page.locator(".row:has(.icon)" if view == "account" else ".row")
    for index in range(min(rows.count(), 4)):
        rows.nth(index).click()
    expect(page).to_have_title(f"{view.title()} – Sandbox")
    assert page.locator("main script, main img:not([src^='/_sandbox'])").count() == 0


def test_no_password_is_on_the_page(furnished: Scene, show: Show) -> None:
    page = show(furnished)
    for path in paths_of(furnished):
        go_to(page, path)
        for secret in ("never-shown-1", furnished.settings.password):
            assert secret not in page.content(), path


@pytest.mark.parametrize(
    ("scheme", "viewport"),
    [("light", PHONE), ("dark", {"width": 1180, "height": 760})],
    ids=["light-phone", "dark-desk"],
)
def test_axe_finds_nothing_to_complain_of(
    furnished: Scene, show: Show, scheme: str, viewport: dict[str, int]
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run `make axe`")
    page = show(furnished, color_scheme=scheme, viewport=viewport, bypass_csp=True)
    page.evaluate(AXE.read_text())
    found = {}
    for path in paths_of(furnished):
        go_to(page, path)
        if path.startswith("messages/"):
            row(talk_on(page), "Here is the box").click()
        found[path] = complaints(page)
    go_to(page, "messages")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["dialog"] = complaints(page)
    assert {path: faults for path, faults in found.items() if faults} == {}
    page.evaluate("document.querySelector('dialog input').removeAttribute('id')")
    assert [each for each, _ in complaints(page)] == ["label"]


def complaints(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core has against the page as it is: rules, each with the elements that break it."""
    violations = page.evaluate("axe.run().then((found) => found.violations)")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]


def test_a_page_of_elsewhere_neither_reads_nor_changes_anything(
    scene: Scene,
    open_page: OpenPage,
    write_page: Callable[[str], str],
    page_faults: list[str],
) -> None:
    page = open_page(write_page("<!doctype html><title>Elsewhere</title>"))
    blind = "url => fetch(url, {method: 'POST', mode: 'no-cors'}).then(() => 'sent')"
    for path in ("reset", "orders/hold"):
        assert page.evaluate(blind, f"{scene.url}/_sandbox/{path}") == "sent"
    read = "url => fetch(url).then((answer) => answer.text(), () => 'kept from it')"
    for path in ("view/account", "snapshot", "har", "events"):
        assert page.evaluate(read, f"{scene.url}/_sandbox/{path}") == "kept from it"
    assert len(scene.tree()["sites"]) == 1
    assert scene.control("GET", "/")["orders_held"] is False
    assert page_faults
    assert all("CORS" in fault or "ERR_" in fault or "403" in fault for fault in page_faults)
    page_faults.clear()


# How much of it there may be


def test_ten_thousand_numbers_are_a_window_of_rows(show: Show) -> None:
    with open_scene(stock=20_000) as scene:
        scene.prepare()
        for _ in range(2):
            scene.order(5000)
        page = show(scene)
        peer = row(page, "Location East")
        expect(peer).to_contain_text("10,001 numbers")
        peer.locator(".twisty").click()
        tree = page.get_by_role("tree")
        tree.press("End")
        numbers = row(page, "Number (")
        expect(numbers.last).to_have_attribute("aria-setsize", str(10_001 + 5))
        expect(numbers.last).to_contain_text("(9")
        assert numbers.count() < 100


def test_a_hundred_thousand_calls_are_a_window_of_rows(
    scene: Scene, show: Show, tmp_path: Path
) -> None:
    entries = [
        {
            "startedDateTime": f"2026-01-02T03:{n // 6000:02}:{n // 100 % 60:02}.{n % 100:02}0Z",
            "time": 5,
            "request": {"method": "GET", "url": f"https://api.example/{n}"},
            "response": {"status": 200},
        }
        for n in range(100_000)
    ]
    file = tmp_path / "long.har"
    file.write_text(json.dumps({"log": {"entries": entries}}))
    page = show(scene, "timeline")
    page.get_by_label("Open a HAR").set_input_files(file)
    expect(page.get_by_text("100,000 calls in")).to_be_visible()
    page.get_by_role("listbox").press("End")
    expect(row(page, "/99999")).to_be_visible()
    assert row(page).count() < 100


def test_a_hundred_thousand_messages_are_a_window_of_rows(scene: Scene, show: Show) -> None:
    scene.receive("the first")
    scene.multiply_messages(100_000)
    page = show(scene, "messages")
    row(page, "100,000 messages").click()
    talk = talk_on(page)
    expect(row(talk).last).to_have_attribute("aria-posinset", "100000")
    talk.press("Home")
    expect(row(talk).first).to_contain_text("the first")
    assert row(talk).count() < 100


def test_the_page_says_when_the_sandbox_is_away_and_comes_back_with_it(
    show: Show, page_faults: list[str]
) -> None:
    with open_scene() as scene:
        page = show(scene)
    expect(page.get_by_text("the sandbox is away")).to_be_visible()
    port = int(scene.url.rpartition(":")[2])
    with open_scene(port=port) as again:
        expect(page.get_by_text("live", exact=False).first).to_be_visible()
        again.call("POST", "/applications", application_body("Back again"))
        expect(page.get_by_role("treeitem", name="Back again")).to_be_visible()
    assert all("ERR_" in fault for fault in page_faults)
    page_faults.clear()
