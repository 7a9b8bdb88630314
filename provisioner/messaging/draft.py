"""A message as somebody wrote it: every limit is checked here, all at once, before it is sent.

Limits: vendor guides and vendor interface description. The service answers 202 to much that it
fails later, so that what can be known beforehand is worth an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from provisioner.digits import is_toll_free
from provisioner.errors import Origin, Problem, Severity
from provisioner.messaging.message import Message
from provisioner.messaging.personal_data import personal_data_in
from provisioner.messaging.telephone import is_short_code, read_number

MOST_RECIPIENTS = 10
LONGEST_TEXT = 2048
LONGEST_TAG = 1024
LONGEST_URL = 4096
PRIORITIES = ("default", "high")

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """Texts as given; empty is not given. `sender` is a number, or a sippeer of the spec as
    `Site/Sippeer`; `attachments` counts files that will be media beside those that have a URL;
    `origin` is where in a file it stands."""

    sender: str
    recipients: tuple[str, ...]
    text: str = ""
    media: tuple[str, ...] = ()
    tag: str = ""
    priority: str = ""
    expiration: str = ""
    application: str = ""
    attachments: int = 0
    origin: Origin | None = None

    @property
    def has_address(self) -> bool:
        """Whether the sender is named by its place in the spec."""
        return "/" in self.sender

    @property
    def has_media(self) -> bool:
        return bool(self.media) or self.attachments > 0


def message_of(draft: Draft) -> Message:
    """The message of a draft without problems whose sender is a number."""
    return Message(
        sender=read_number(draft.sender),
        recipients=tuple(map(read_number, draft.recipients)),
        application=draft.application,
        text=draft.text,
        media=draft.media,
        tag=draft.tag,
        priority=draft.priority,
        expiration=draft.expiration,
    )


def problems_in(draft: Draft, *, now: float) -> tuple[Problem, ...]:
    """Everything that is wrong with it; `now` is in seconds since 1970.

    What depends on the sender's kind is checked once it is a number.
    """
    return tuple(
        Problem(Severity.ERROR, code, summary, detail, draft.origin)
        for code, summary, check in _CHECKS
        for detail in check(draft, now)
    )


def warnings_in(draft: Draft) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            Severity.WARNING,
            "personal-data-in-tag",
            "A tag may hold personal data",
            f"The tag has what looks like {kind}. It comes back in callbacks and stays in logs: "
            "use an identifier of your own instead.",
            draft.origin,
        )
        for kind in personal_data_in(draft.tag)
    )


Details = Iterator[str]


def _sender(draft: Draft, _: float) -> Details:
    if not draft.sender:
        yield "Say who sends it: a number, or a sippeer of the spec as Site/Sippeer."
    elif not draft.has_address:
        yield from _number_fault(draft.sender)


def _recipients(draft: Draft, _: float) -> Details:
    if not draft.recipients:
        yield "Say who it goes to: a number in E.164 format."
    for each in dict.fromkeys(draft.recipients):
        yield from _number_fault(each)
    numbers = [each for each in draft.recipients if not [*_number_fault(each)]]
    canonical = [read_number(each) for each in numbers]
    for each in dict.fromkeys(canonical):
        if canonical.count(each) > 1:
            yield f"{each} is named more than once. Name it once."


def _number_fault(text: str) -> Details:
    try:
        read_number(text)
    except ValueError as fault:
        yield str(fault)


def _recipient_count(draft: Draft, _: float) -> Details:
    if len(draft.recipients) > MOST_RECIPIENTS:
        yield (
            f"A group message goes to at most {MOST_RECIPIENTS} numbers, this one to "
            f"{len(draft.recipients)}. Send several messages."
        )


def _content(draft: Draft, _: float) -> Details:
    if not draft.text and not draft.has_media:
        yield "A message needs a text or media."


def _text(draft: Draft, _: float) -> Details:
    if len(draft.text) > LONGEST_TEXT:
        yield (
            f"The text has {len(draft.text)} characters, {LONGEST_TEXT} are allowed. Shorten it "
            "or split it."
        )
    if not _is_unicode(draft.text):
        yield "The text has bytes that are not UTF-8. Save it as UTF-8."


def _tag(draft: Draft, _: float) -> Details:
    if len(draft.tag) > LONGEST_TAG:
        yield f"The tag has {len(draft.tag)} characters, {LONGEST_TAG} are allowed. Shorten it."
    if not _is_unicode(draft.tag):
        yield "The tag has bytes that are not UTF-8."


def _is_unicode(text: str) -> bool:
    """Bytes that Python could not decode are in a text as lone surrogates."""
    return not any("\ud800" <= each <= "\udfff" for each in text)


def _media(draft: Draft, _: float) -> Details:
    for url in draft.media:
        if len(url) > LONGEST_URL:
            yield f"A URL has {len(url)} characters, {LONGEST_URL} are allowed: {url[:60]}..."
        elif not _is_url(url):
            yield f"{url!r} is not an http or https URL that the service could fetch."
    for url in dict.fromkeys(draft.media):
        if draft.media.count(url) > 1:
            yield f"{url} is there more than once. Name it once."


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)


def _priority(draft: Draft, _: float) -> Details:
    if draft.priority and draft.priority not in PRIORITIES:
        yield f"{draft.priority!r} is no priority; there are: {', '.join(PRIORITIES)}."
    elif draft.priority == "high":
        yield from _only_toll_free_sms(draft, "High priority")


def _expiration(draft: Draft, now: float) -> Details:
    if not draft.expiration:
        return
    try:
        moment = _moment(draft.expiration)
    except ValueError:
        yield (
            f"{draft.expiration!r} is not a time as in RFC 3339. Write it as in "
            "2030-03-14T01:59:26Z or 2030-03-13T20:59:26-05:00."
        )
        return
    if moment <= now:
        yield f"{draft.expiration} is past: the message would never be sent."
    yield from _only_toll_free_sms(draft, "An expiration")


def _only_toll_free_sms(draft: Draft, what: str) -> Details:
    if draft.has_media or len(draft.recipients) > 1:
        yield f"{what} is for SMS only, and media or a group make it an MMS. Leave it out."
    elif draft.sender and not draft.has_address and not [*_number_fault(draft.sender)]:
        sender = read_number(draft.sender)
        if not is_toll_free(sender) and not is_short_code(sender):
            yield (
                f"{what} is only for messages from toll-free numbers and short codes, which "
                f"{sender} is not. Leave it out."
            )


def _moment(text: str) -> float:
    """Epoch seconds. Raises ValueError."""
    if not _RFC_3339.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper()).timestamp()


_CHECKS: tuple[tuple[str, str, Callable[[Draft, float], Details]], ...] = (
    ("message-from", "The sender cannot be used", _sender),
    ("message-to", "A recipient cannot be used", _recipients),
    ("message-to", "Too many recipients", _recipient_count),
    ("message-content", "There is nothing to send", _content),
    ("message-text", "The text cannot be sent", _text),
    ("message-media", "Media cannot be sent", _media),
    ("message-tag", "The tag cannot be sent", _tag),
    ("message-priority", "The priority cannot be used", _priority),
    ("message-expiration", "The expiration cannot be used", _expiration),
)
