"""What an examination found, as a table, as JSON and as JUnit XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypedDict
from xml.etree.ElementTree import Element, SubElement

from provisioner.messaging.findings import Finding, Level, would_fail
from provisioner.views.junit import rendered
from provisioner.views.layout import paragraphs, wrap
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, printable

MARKS = {
    Level.OK: ("ok", Style.CREATE),
    Level.WARNING: ("warning", Style.WARNING),
    Level.ERROR: ("fails", Style.ERROR),
    Level.UNKNOWN: ("unknown", Style.WARNING),
}
MARK_WIDTH = max(len(mark) for mark, _ in MARKS.values())


class ShownFinding(TypedDict):
    """`level` is ok, warning, error or unknown; `way_out` null where there is nothing to do."""

    subject: str
    check: str
    level: str
    told: str
    way_out: str | None


class ReadinessDocument(TypedDict):
    """`ready` is whether nothing was found that makes messages fail."""

    account: str
    origin: str
    ready: bool
    findings: list[ShownFinding]


def readiness_document(account: str, origin: str, findings: Sequence[Finding]) -> ReadinessDocument:
    return {
        "account": account,
        "origin": origin,
        "ready": not would_fail(findings),
        "findings": [
            {
                "subject": each.subject,
                "check": each.check,
                "level": each.level,
                "told": each.told,
                "way_out": each.way_out or None,
            }
            for each in findings
        ],
    }


def render_readiness(
    account: str, origin: str, findings: Sequence[Finding], *, width: int, paint: Paint = plain
) -> str:
    heading = paint(Style.STRONG, f"Account {account} at {origin}")
    blocks = [
        [paint(Style.STRONG, printable(subject)), *_lines([*found], width, paint)]
        for subject, found in groupby(findings, key=lambda each: each.subject)
    ]
    return paragraphs(([heading], *blocks, [_summary(findings)]))


def _lines(findings: Sequence[Finding], width: int, paint: Paint) -> Iterator[str]:
    checks = max(len(each.check) for each in findings)
    indentation = " " * (2 + MARK_WIDTH + 2 + checks + 2)
    for each in findings:
        mark, style = MARKS[each.level]
        first, *rest = wrap(
            printable(f"{each.told} {each.way_out}".strip()),
            width=width,
            first=indentation,
            rest=indentation,
        )
        told = first.removeprefix(indentation)
        yield f"  {paint(style, mark.ljust(MARK_WIDTH))}  {each.check.ljust(checks)}  {told}"
        yield from rest


def _summary(findings: Sequence[Finding]) -> str:
    found = Counter(each.level for each in findings)
    if found[Level.ERROR]:
        return f"Not ready: {count(found[Level.ERROR], 'finding')} would make messages fail."
    more = [
        f"{number} {word}"
        for number, word in (
            (found[Level.WARNING], "to look at"),
            (found[Level.UNKNOWN], "unknown"),
        )
        if number
    ]
    return f"Ready{', with ' + ' and '.join(more) if more else ''}."


def readiness_junit(account: str, findings: Sequence[Finding]) -> str:
    """A test for each finding. What is unknown counts as skipped; warnings pass, and are told."""
    suite = Element("testsuite", name=printable(f"provisioner verify of account {account}"))
    for each in findings:
        name = printable(f"{each.subject}: {each.check}")
        case = SubElement(suite, "testcase", classname="provisioner.verify", name=name)
        text = printable(f"{each.told} {each.way_out}".strip())
        if each.level is Level.ERROR:
            SubElement(case, "failure", type=each.check, message=printable(each.told)).text = text
        elif each.level is Level.UNKNOWN:
            SubElement(case, "skipped", message=text)
        else:
            SubElement(case, "system-out").text = text
    return rendered(suite)
