"""`provisioner send --from-file`: many messages, each once."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from provisioner.account.client import Client
from provisioner.account.clock import Clock
from provisioner.cli.exits import DONE, ERROR, INTERRUPTED, NOT_ALL_DONE
from provisioner.cli.mailing import Mailing, find_senders
from provisioner.cli.output import (
    can_draw,
    paint_for,
    print_json,
    print_json_line,
    print_problems,
    width,
)
from provisioner.cli.result_file import check_results, write_results
from provisioner.cli.session import STATE_FOLDER, private_file
from provisioner.cli.signals import stop_on_signals
from provisioner.errors import Problem, ProblemsError
from provisioner.messaging.batch import Batch, Line
from provisioner.messaging.delivery import State
from provisioner.messaging.draft import Draft, message_of, problems_in, warnings_in
from provisioner.messaging.following import MessageList, Source, follow
from provisioner.messaging.kept_events import KeptEvents
from provisioner.messaging.media import MediaFile, upload, url_of
from provisioner.messaging.message_file import content_key, read_drafts
from provisioner.messaging.outbox import (
    Entry,
    LineKey,
    Outbox,
    Status,
    line_keys,
    open_outbox,
)
from provisioner.messaging.rate import Rate
from provisioner.messaging.results import Posted, Result
from provisioner.views.batch import (
    batch_document,
    counts_line,
    forecast_document,
    render_batch,
)
from provisioner.views.messages import result_document
from provisioner.views.wording import count

MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Manner:
    """How to go about it. `rate` is in segments a second and sender; `patience` how long to wait
    for the end of all messages in seconds, None not at all; `results` where to write what came of
    each line; `kept` are the callbacks that tell of the end, None for the list of messages."""

    name: str
    rate: float
    again: bool
    results: Path | None
    patience: float | None
    dry_run: bool
    as_json: bool
    kept: KeptEvents | None


def read_file(
    path: Path, defaults: Draft, now: float, faults: tuple[Problem, ...]
) -> tuple[Draft, ...]:
    """All lines. Raises ProblemsError with what is wrong in any of them, and with the faults that
    were found before; warns of what is only odd."""
    if faults:
        raise ProblemsError(faults)
    drafts = read_drafts(path, defaults)
    _refuse(drafts, now)
    warnings = [warning for draft in drafts for warning in warnings_in(draft)]
    if warnings:
        print_problems(_first(warnings))
    return drafts


def _refuse(drafts: Sequence[Draft], now: float) -> None:
    problems = [problem for draft in drafts for problem in problems_in(draft, now=now)]
    if problems:
        raise ProblemsError(_first(problems))


def _first(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """As many as somebody can read."""
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return tuple(problems)
    rest = Problem(problems[0].severity, "more", "There are more", f"{more} more like these.")
    return (*problems[:MOST_PROBLEMS], rest)


async def send_file(
    drafts: tuple[Draft, ...], files: tuple[MediaFile, ...], mailing: Mailing, manner: Manner
) -> int:
    if manner.results is not None and not manner.dry_run:
        check_results(manner.results)
    senders = await find_senders(drafts, mailing)
    sent_by = [
        replace(draft, sender=senders[draft].number, application=senders[draft].application)
        for draft in drafts
    ]
    _refuse(sent_by, mailing.clock.now())
    digests = [hashlib.sha256(file.content).hexdigest() for file in files]
    keyed = dict(
        zip(line_keys(content_key(draft, digests) for draft in drafts), sent_by, strict=True)
    )
    mailbox = f"{mailing.messaging.name or mailing.messaging.api_root}/{mailing.desired.account}"
    path = private_file(STATE_FOLDER / "outbox.sqlite3")
    with open_outbox(path, mailbox=mailbox, name=manner.name) as outbox:
        begins_again = manner.again and _is_finished(outbox, keyed)
        if manner.again and not begins_again:
            click.echo("Not all of the file was sent yet: going on with what is left.", err=True)
        async with mailing.connect() as client:
            if manner.dry_run:
                now = mailing.clock.now()
                urls = tuple(url_of(file.name_at(now), client) for file in files)
                done = {} if begins_again else outbox.entries()
                _show_forecast(_lines(keyed, urls, outbox), done, manner)
                return DONE
            if begins_again:
                outbox.begin_again()
            lines = _lines(keyed, await upload(client, files), outbox)
            return await _send(lines, outbox, client, mailing, manner)


def _is_finished(outbox: Outbox, keys: Iterable[LineKey]) -> bool:
    """Whether every line was accepted. Beginning again before that would send twice what a run
    that was killed had sent."""
    entries = outbox.entries()
    return all(key in entries and entries[key].status is Status.ACCEPTED for key in keys)


def _lines(keyed: Mapping[LineKey, Draft], urls: tuple[str, ...], outbox: Outbox) -> list[Line]:
    return [
        Line(
            key,
            message_of(
                replace(draft, media=(*draft.media, *urls), tag=draft.tag or outbox.tag(key))
            ),
        )
        for key, draft in keyed.items()
    ]


def _show_forecast(lines: Sequence[Line], entries: Mapping[LineKey, Entry], manner: Manner) -> None:
    done = {key for key, entry in entries.items() if entry.status is not Status.ABSENT}
    waiting = [line.message for line in lines if line.key not in done]
    print_json(forecast_document(waiting, len(lines) - len(waiting), manner.rate))


async def _send(
    lines: Sequence[Line], outbox: Outbox, client: Client, mailing: Mailing, manner: Manner
) -> int:
    stop = asyncio.Event()
    rate = Rate(manner.rate, mailing.clock)
    batch = Batch(lines, outbox, client, rate, mailing.settle, stop, mailing.parallelism)
    results: list[Result] = []
    with stop_on_signals(stop):
        try:
            with _progress(as_json=manner.as_json) as tell:
                await _run(batch, tell)
            results = batch.all_results()
            if manner.patience is not None and not stop.is_set():
                source = manner.kept or _list_of(results, outbox, client)
                results = await _follow(results, source, mailing.clock, manner.patience, stop)
        finally:
            if manner.results is not None:
                write_results(manner.results, results or batch.all_results())
    _show(results, manner)
    if batch.failure is not None:
        print_problems(batch.failure.told)
    elif stop.is_set():
        return INTERRUPTED
    return _exit_code(results, waited=manner.patience is not None)


async def _run(batch: Batch, tell: Callable[[Result], None]) -> None:
    async with contextlib.aclosing(batch.send()) as results:
        async for result in results:
            try:
                tell(result)
            except OSError:
                # Nobody follows any more. As after Ctrl-C, nothing is left half done.
                batch.stop.set()


@contextlib.contextmanager
def _progress(*, as_json: bool) -> Iterator[Callable[[Result], None]]:
    if as_json:
        yield lambda result: print_json_line({"type": "message", **result_document(result)})
    elif can_draw(sys.stderr):
        yield _Counts(_draw, seconds=0.1)
        _draw("")
    else:
        yield _Counts(lambda line: click.echo(line, err=True), seconds=5.0)


def _draw(line: str) -> None:
    """In place of what was drawn before."""
    click.echo(f"\r\x1b[K{line}", nl=False, err=True)


class _Counts:
    """Tells how far this run is, at most every so many seconds."""

    def __init__(self, tell: Callable[[str], None], *, seconds: float) -> None:
        self._tell = tell
        self._seconds = seconds
        self._told_at = time.monotonic()
        self._counted: Counter[Posted] = Counter()

    def __call__(self, result: Result) -> None:
        self._counted[result.posted] += 1
        now = time.monotonic()
        if now - self._told_at >= self._seconds:
            self._told_at = now
            self._tell(counts_line(self._counted))


def _list_of(results: Sequence[Result], outbox: Outbox, client: Client) -> MessageList:
    now = client.clock.now()
    since = min((entry.sent_at for entry in outbox.entries().values()), default=now)
    return MessageList(client, {each.message.sender for each in results}, since)


async def _follow(
    results: list[Result], source: Source, clock: Clock, patience: float, stop: asyncio.Event
) -> list[Result]:
    sent = {
        each.ids[0]: each.message.recipients for each in results if each.posted is Posted.ACCEPTED
    }
    if not sent:
        return results
    click.echo(f"Following {count(len(sent), 'message')} ...", err=True)
    known = await follow(sent, source, clock, patience=patience, stop=stop)
    return [
        replace(each, receipts=known[each.ids[0]]) if each.posted is Posted.ACCEPTED else each
        for each in results
    ]


def _show(results: Sequence[Result], manner: Manner) -> None:
    if manner.as_json:
        print_json_line(dict(batch_document(results)))
    else:
        click.echo(render_batch(results, width=width(), paint=paint_for(sys.stdout)))


def _exit_code(results: Sequence[Result], *, waited: bool) -> int:
    posted = Counter(each.posted for each in results)
    if waited:
        states = {each.state for each in results}
        if State.OPEN in states:
            return NOT_ALL_DONE
        return ERROR if State.FAILED in states else DONE
    if set(posted) == {Posted.ACCEPTED}:
        return DONE
    return ERROR if set(posted) <= {Posted.REFUSED, Posted.NOT_SENT} else NOT_ALL_DONE
