from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import Origin, Severity
from provisioner.messaging.draft import Draft, message_of, problems_in, warnings_in

NOW = 1_700_000_000.0
LATER = "2099-01-01T00:00:00Z"
TOLL_FREE = "+18005551212"


def draft(**fields: Any) -> Draft:
    return Draft(
        **{"sender": "+19195551212", "recipients": ("+12345678902",), "text": "a", **fields}
    )


def told(**fields: Any) -> list[str]:
    return [each.detail for each in problems_in(draft(**fields), now=NOW)]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "a" * 2048, "tag": "a" * 1024},
        {"recipients": tuple(f"+1919555{n:04d}" for n in range(10))},
        {"text": "", "media": ("https://example.com/" + "a" * 4076,)},
        {"sender": TOLL_FREE, "priority": "high", "expiration": "2099-01-01t00:00:00.5+02:00"},
        {"sender": "12345", "priority": "high"},
        {"sender": "Raleigh/East", "priority": "high", "expiration": LATER},
        {"priority": "default", "media": ("https://example.com/a.png",)},
    ],
    ids=str,
)
def test_what_the_service_takes_is_no_problem(fields: dict[str, Any]) -> None:
    assert told(**fields) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sender": ""}, "Say who sends it"),
        ({"sender": "Acme"}, "'Acme' is not a telephone number"),
        ({"recipients": ()}, "Say who it goes to"),
        ({"recipients": ("12",)}, "'12' is not a telephone number"),
        (
            {"recipients": ("9195550000", "+19195550000")},
            "+19195550000 is named more than once",
        ),
        ({"recipients": tuple(f"+1919555{n:04d}" for n in range(11))}, "this one to 11"),
        ({"text": ""}, "needs a text or media"),
        ({"text": "a" * 2049}, "2049 characters, 2048 are allowed"),
        ({"tag": "a" * 1025}, "1025 characters, 1024 are allowed"),
        ({"text": "a\udcff"}, "The text has bytes that are not UTF-8"),
        ({"tag": "a\udcff"}, "The tag has bytes that are not UTF-8"),
        ({"media": ("https://example.com/" + "a" * 4077,)}, "4097 characters, 4096 are allowed"),
        ({"media": ("ftp://example.com/a",)}, "'ftp://example.com/a' is not an http"),
        ({"media": ("https://[::1/a",)}, "is not an http"),
        ({"media": ("https://a.example/x", "https://a.example/x")}, "is there more than once"),
        ({"priority": "urgent"}, "'urgent' is no priority"),
        ({"priority": "high"}, "which +19195551212 is not"),
        (
            {"sender": TOLL_FREE, "priority": "high", "media": ("https://a.example/x",)},
            "High priority is for SMS only",
        ),
        ({"expiration": "tomorrow"}, "is not a time as in RFC 3339"),
        ({"expiration": "2099-13-01T00:00:00Z"}, "is not a time as in RFC 3339"),
        ({"expiration": "2099-01-01T00:00:00"}, "is not a time as in RFC 3339"),
        ({"sender": TOLL_FREE, "expiration": "2020-01-01T00:00:00Z"}, "is past"),
        ({"expiration": LATER}, "only for messages from toll-free numbers and short codes"),
        (
            {
                "sender": TOLL_FREE,
                "expiration": LATER,
                "recipients": ("+12345678902", "+12345678903"),
            },
            "An expiration is for SMS only",
        ),
    ],
    ids=str,
)
def test_what_breaks_a_limit_is_told(fields: dict[str, Any], words: str) -> None:
    (detail,) = told(**fields)
    assert words in detail


def test_everything_that_is_wrong_is_told_at_once_and_where() -> None:
    origin = Origin("messages.csv", 3, 1)
    wrong = Draft("", (), tag="a" * 1025, priority="urgent", expiration="x", origin=origin)
    problems = problems_in(wrong, now=NOW)
    assert [each.code for each in problems] == [
        "message-from",
        "message-to",
        "message-content",
        "message-tag",
        "message-priority",
        "message-expiration",
    ]
    assert {each.origin for each in problems} == {origin}
    assert {each.severity for each in problems} == {Severity.ERROR}


def test_a_tag_with_personal_data_is_a_warning() -> None:
    (warning,) = warnings_in(draft(tag="ann@example.com"))
    assert warning.severity is Severity.WARNING
    assert "an e-mail address" in warning.detail


def test_the_request_has_just_what_was_given() -> None:
    plain = message_of(draft(recipients=("9195550000",), application="app"))
    assert plain.request == {
        "to": ["+19195550000"],
        "from": "+19195551212",
        "text": "a",
        "applicationId": "app",
    }
