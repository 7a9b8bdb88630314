"""The plan as one page that needs nothing else: no network, no server, no further file.

Style and script are handed in. Both stand in the page, and its security policy allows just
these two, by their hashes, and nothing else at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provisioner.errors import Problem, Severity
from provisioner.model import Address
from provisioner.planning.plan import Action, Plan
from provisioner.resource_type import Types, lineage
from provisioner.views.actions import TELLINGS
from provisioner.views.entries import (
    Entry,
    Row,
    Section,
    entries_of,
    in_sections,
    worth_telling,
)
from provisioner.views.html import Markup, element, joined, raw
from provisioner.views.picture import draw
from provisioner.views.plan_text import heading, notes
from provisioner.views.stakes import counts, counts_of_some, gone_for_good, purchases
from provisioner.views.topology import topology
from provisioner.views.wording import count, noun

MANY = 200
"""So many changes are too much to look at at once: their sections begin closed."""
LEGEND = (
    "A box with + is new, with ~ changes, with - is deleted; one without a sign stays as it is. "
    "Thick lines are new links, dashed ones are taken away."
)


@dataclass(frozen=True, slots=True)
class Assets:
    """The page's own style and script."""

    style: str
    script: str


def render_page(
    plan: Plan,
    types: Types,
    assets: Assets,
    *,
    files: Sequence[str],
    created_at: str,
    tool_version: str,
) -> str:
    """`created_at` is an RFC 3339 time."""
    entries = entries_of(worth_telling(plan), types)
    anchors = {entry.addresses[0]: f"change-{n}" for n, entry in enumerate(entries, start=1)}
    made = {
        "Spec": ", ".join(files),
        "API": plan.origin,
        "Made": created_at,
        "Plan": plan.digest[:12],
        "provisioner": tool_version,
    }
    return _page(
        heading(plan),
        assets,
        _overview(plan, types),
        _problems("Warnings", plan.warnings),
        _picture(plan, types, anchors),
        _changes(entries, types, anchors),
        _unchanged(plan, types),
        _facts(made),
    )


def render_problems_page(
    problems: Iterable[Problem], assets: Assets, *, created_at: str, tool_version: str
) -> str:
    """Where there is no plan: what is in the way of one."""
    problems = tuple(problems)
    errors = sum(each.severity is Severity.ERROR for each in problems)
    return _page(
        "No plan",
        assets,
        element("p", f"{count(errors, 'error')} to mend first.", class_="counts"),
        _problems("Problems", problems),
        _facts({"Made": created_at, "provisioner": tool_version}),
    )


def _page(title: str, assets: Assets, *parts: Markup) -> str:
    policy = (
        f"default-src 'none'; style-src {_hash(assets.style)}; script-src {_hash(assets.script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="robots", content="noindex"),
        element("title", title),
        raw("style", assets.style),
    )
    header = element("header", element("h1", title))
    body = element("body", header, element("main", *parts), raw("script", assets.script))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _overview(plan: Plan, types: Types) -> Markup:
    bought = [
        f"{count(each.numbers, 'number')} {each.kind}, for {count(each.locations, 'location')}"
        for each in purchases(plan, types)
    ]
    gone = [str(address) for address in gone_for_good(plan, types)]
    return element(
        "section",
        element("p", f"{counts(plan)}.", class_="counts"),
        _list("Buys numbers, which are billed", bought, "order"),
        _list("Deletes for good", gone, "delete"),
        *(element("p", note) for note in notes(plan)),
        _unmanaged(plan),
        aria_label="Overview",
    )


def _list(title: str, lines: Sequence[str], kind: str) -> Markup:
    if not lines:
        return Markup()
    items = (element("li", line) for line in lines)
    return element("div", element("h2", title), element("ul", *items), class_=f"stakes {kind}")


def _unmanaged(plan: Plan) -> Markup:
    if not plan.unmanaged:
        return Markup()
    items = (element("li", str(address)) for address in plan.unmanaged)
    return element("details", element("summary", "Not in the spec"), element("ul", *items))


def _problems(title: str, problems: Sequence[Problem]) -> Markup:
    if not problems:
        return Markup()
    items = (
        element(
            "li",
            element("strong", f"{each.severity.capitalize()}: {each.summary}"),
            element("span", f"[{each.code}]", class_="quiet"),
            *([element("code", str(each.origin))] if each.origin else []),
            element("p", *_in_lines(each.detail)),
        )
        for each in problems
    )
    heading = element("h2", f"{title} ({len(problems)})")
    return element("section", heading, element("ul", *items), class_="problems")


def _in_lines(detail: str) -> Iterator[Markup]:
    for number, line in enumerate(detail.splitlines()):
        yield joined(Markup("<br>") if number else "", line)


def _picture(plan: Plan, types: Types, anchors: Mapping[Address, str]) -> Markup:
    roots = topology(plan, types)
    if not roots:
        return Markup()
    first_of: dict[Address, str] = {}
    for address, anchor in anchors.items():
        for each in lineage(address, types)[:2]:
            first_of.setdefault(each, anchor)
    picture = draw(roots, ("Sites", "Sippeers (locations)", "Applications"), first_of)
    return element(
        "section",
        element("h2", "Topology", id="picture-title"),
        element("p", LEGEND, id="picture-legend", class_="quiet"),
        element("div", picture, class_="scroll", tabindex=0, role="region", aria_label="Picture"),
    )


def _changes(entries: Sequence[Entry], types: Types, anchors: Mapping[Address, str]) -> Markup:
    if not entries:
        return Markup()
    sections = in_sections(entries, types)
    many = len(entries) > MANY
    return element(
        "section",
        element("h2", "Changes"),
        _search(entries),
        *(_section(each, anchors, is_open=not many) for each in sections),
        element("p", "No change is like that.", id="none", hidden=True),
        id="changes",
        class_="many" if many else "few",
    )


def _search(entries: Sequence[Entry]) -> Markup:
    """Without the script it stays hidden, and everything is there to read all the same."""
    actions = dict.fromkeys(entry.action for entry in entries)
    boxes = (
        element(
            "label",
            element("input", type="checkbox", name="action", value=action.value, checked=True),
            TELLINGS[action].word,
        )
        for action in Action
        if action in actions
    )
    return element(
        "form",
        element("label", "Search the changes", for_="search"),
        element("input", type="search", id="search", autocomplete="off", spellcheck="false"),
        element("fieldset", element("legend", "Show"), *boxes),
        element("output", count(len(entries), "change"), id="shown", for_="search"),
        id="filter",
        role="search",
        hidden=True,
    )


def _section(section: Section, anchors: Mapping[Address, str], *, is_open: bool) -> Markup:
    entries = tuple(section.entries)
    changed = counts_of_some(change for entry in entries for change in entry.changes)
    title = element("h3", section.title)
    summary = element("summary", title, element("span", changed, class_="quiet"))
    items = (_entry(entry, anchors[entry.addresses[0]]) for entry in entries)
    return element("details", summary, *items, open=is_open, class_="section")


def _entry(entry: Entry, anchor: str) -> Markup:
    telling = TELLINGS[entry.action]
    badge = element("span", f"{telling.symbol} {telling.word}".strip(), class_="badge")
    return element(
        "article",
        element("h4", badge, " ", entry.headline),
        _table(entry),
        *(element("p", remark, class_="remark") for remark in entry.remarks),
        id=anchor,
        class_=f"change {entry.action.value}",
        data_action=entry.action.value,
        tabindex=-1,
    )


def _table(entry: Entry) -> Markup:
    rows = [*map(_row, entry.rows), *map(_kept_row, entry.kept)]
    if not rows:
        return Markup()
    cells = (element("th", each, scope="col") for each in ("attribute", "before", "after"))
    head = element("thead", element("tr", *cells))
    return element("table", head, element("tbody", *rows))


def _row(row: Row) -> Markup:
    return element(
        "tr",
        element("th", row.path, scope="row"),
        element("td", "–" if row.before is None else row.before, class_="before"),
        element("td", "–" if row.after is None else row.after, class_="after"),
    )


def _kept_row(row: Row) -> Markup:
    value = row.after or ""
    path = element("th", row.path, scope="row")
    return element("tr", path, element("td", value), element("td", "unchanged"), class_="kept")


def _unchanged(plan: Plan, types: Types) -> Markup:
    names = [
        noun(change.address, types)
        for change in plan.changes
        if change.action is Action.NO_OP and not change.reason
    ]
    if not names:
        return Markup()
    summary = element("summary", f"Unchanged ({len(names)})")
    return element("details", summary, element("ul", *(element("li", name) for name in names)))


def _facts(facts: Mapping[str, str]) -> Markup:
    pairs = (joined(element("dt", name), element("dd", value)) for name, value in facts.items())
    return element("footer", element("dl", *pairs))
