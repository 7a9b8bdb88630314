from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from provisioner.messaging.delivery import Receipt, State
from provisioner.messaging.findings import Finding, Level
from provisioner.messaging.message import Message
from provisioner.messaging.results import Posted, Result
from provisioner.messaging.segments import count_segments
from provisioner.views.batch import batch_document, counts_line, render_batch, result_row
from provisioner.views.messages import render_result, result_document, segments_phrase
from provisioner.views.readiness import readiness_document, readiness_junit, render_readiness
from provisioner.views.style import ansi

Golden = Callable[[str, str], None]

SMS = Message("+19195551212", ("+12345678902",), "app-1", text="Hello “Ann”", tag="t\x1b[2J")
GROUP = Message("+19195551212", ("+12345678902", "+12345678903", "+12345678904"), "app-1", text="a")
RECEIPTS = {
    "+12345678902": Receipt("+12345678902", State.DELIVERED, word="DELIVERED"),
    "+12345678903": Receipt("+12345678903", State.FAILED, 4476, "FAILED"),
    "+12345678904": Receipt("+12345678904", State.OPEN, word="SENDING"),
}
ACCEPTED = Result(SMS, Posted.ACCEPTED, ("m1",), 2)
FOLLOWED = Result(GROUP, Posted.ACCEPTED, ("m2",), 1, receipts=RECEIPTS)
OTHERS = [
    Result(SMS, Posted.REFUSED, reason="HTTP 400: to: is no number"),
    Result(SMS, Posted.UNKNOWN, ("m3", "m4"), reason="The answer was lost."),
    Result(SMS, Posted.ABSENT, reason="The answer was lost, and it was not accepted."),
    Result(SMS, Posted.NOT_SENT, reason="Its turn never came."),
]
FINDINGS = [
    Finding("credentials", "messaging", Level.OK, "They are taken."),
    Finding("sippeer A/B", "SMS", Level.WARNING, "On, but not for short codes.", "Declare it."),
    Finding("sippeer A/B", "10DLC campaign", Level.UNKNOWN, "It could not be looked up.", "Ask."),
    Finding("sippeer A/B", "numbers", Level.ERROR, "Not in service: \x1b[2J <&>.", "Wait."),
]


def test_one_message_is_told_with_what_is_known_of_it(golden: Golden) -> None:
    shown = [render_result(each, width=80) for each in (ACCEPTED, FOLLOWED, *OTHERS)]
    golden("views/message.txt", "\n\n--\n\n".join(shown) + "\n")


def test_a_message_in_colour_reads_the_same_without_it() -> None:
    coloured = render_result(FOLLOWED, width=80, paint=ansi)
    assert "\x1b[1;31mfailed with 4476\x1b[0m" in coloured


def test_the_document_has_an_id_only_where_it_is_known_for_sure() -> None:
    assert result_document(ACCEPTED)["id"] == "m1"
    assert result_document(ACCEPTED)["segments"] == {"count": 2, "encoding": "UCS-2"}
    unknown = result_document(OTHERS[1])
    assert (unknown["id"], unknown["possible_ids"]) == (None, ["m3", "m4"])
    states = [each["state"] for each in map(result_document, (ACCEPTED, FOLLOWED, *OTHERS))]
    assert states == ["open", "open", "failed", "open", "open", "open"]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("a", "SMS of 1 segment (GSM-7, 1 place)"),
        ("a" * 161, "SMS of 2 segments (GSM-7, 161 places)"),
        ("“a”", 'SMS of 1 segment (UCS-2 because of "“”", 3 places)'),
        ("ąćęłńóśźżăĺŕ", 'SMS of 1 segment (UCS-2 because of "ąćęłńóśźżă...", 12 places)'),
    ],
)
def test_segments_are_told_with_what_makes_them_short(text: str, phrase: str) -> None:
    assert segments_phrase(count_segments(text)) == phrase


def test_many_messages_are_counted_and_those_to_look_at_told(golden: Golden) -> None:
    results = [ACCEPTED, replace(ACCEPTED, earlier=True), FOLLOWED, *OTHERS]
    golden("views/batch.txt", render_batch(results, width=80) + "\n")


def test_more_than_a_screen_of_notes_is_cut_and_counted() -> None:
    shown = render_batch([OTHERS[0]] * 60, width=80)
    assert "and 10 more; --results writes them all" in shown


def test_the_counts_of_many_messages_are_for_programs_too() -> None:
    assert batch_document([ACCEPTED, FOLLOWED, *OTHERS]) == {
        "type": "summary",
        "messages": 6,
        "sent_before": 0,
        "posted": {"accepted": 2, "refused": 1, "unknown": 1, "absent": 1, "not-sent": 1},
        "recipients": {"delivered": 1, "failed": 1, "open": 1},
    }
    assert result_row(7, FOLLOWED) == {
        "line": 7,
        "posted": "accepted",
        "state": "open",
        "id": "m2",
        "sender": "+19195551212",
        "to": "+12345678902 +12345678903 +12345678904",
        "tag": "",
        "error_codes": "4476",
        "reason": "",
    }


def test_progress_is_counted_in_words() -> None:
    counted = Counter({Posted.REFUSED: 2, Posted.ACCEPTED: 120})
    assert counts_line(counted) == "120 accepted, 2 refused"


def test_findings_are_a_table_by_subject(golden: Golden) -> None:
    shown = render_readiness("9900778", "sandbox", FINDINGS, width=80)
    golden("views/readiness.txt", shown + "\n")


@pytest.mark.parametrize(
    ("levels", "summary"),
    [
        ([Level.OK], "Ready."),
        ([Level.OK, Level.WARNING], "Ready, with 1 to look at."),
        ([Level.WARNING, Level.UNKNOWN], "Ready, with 1 to look at and 1 unknown."),
        ([Level.ERROR, Level.ERROR], "Not ready: 2 findings would make messages fail."),
    ],
    ids=str,
)
def test_the_last_line_says_whether_it_would_work(levels: list[Level], summary: str) -> None:
    findings = [Finding("s", "c", level, "Told.") for level in levels]
    shown = render_readiness("1", "sandbox", findings, width=80)
    assert shown.splitlines()[-1] == summary
    document = readiness_document("1", "sandbox", findings)
    assert document["ready"] == summary.startswith("Ready")


def test_junit_tells_failures_from_what_is_skipped() -> None:
    (suite,) = fromstring(readiness_junit("9900778", FINDINGS))  # noqa: S314 -- our own
    kinds = [[child.tag for child in case] for case in suite]
    assert kinds == [["system-out"], ["system-out"], ["skipped"], ["failure"]]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "1")
