"""`provisioner send`: a message, once, and what became of it."""

from __future__ import annotations

import asyncio
import secrets
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from provisioner.account.client import Client
from provisioner.account.clock import Clock
from provisioner.cli import connection_options, options
from provisioner.cli.bulk import Manner, read_file, send_file
from provisioner.cli.exits import DONE, ERROR, INTERRUPTED, NOT_ALL_DONE
from provisioner.cli.mailing import Mailing, find_senders, open_mailing
from provisioner.cli.output import (
    paint_for,
    print_json,
    print_problems,
    print_refusal_as_json,
    told_errors,
    width,
)
from provisioner.cli.reading import read_spec_without_secrets
from provisioner.cli.session import clock_of_run
from provisioner.cli.signals import stop_on_signals
from provisioner.errors import (
    AccountError,
    LostAnswer,
    Problem,
    ProblemsError,
    Rejected,
    SettingsError,
)
from provisioner.messaging.delivery import State
from provisioner.messaging.draft import PRIORITIES, Draft, message_of, problems_in, warnings_in
from provisioner.messaging.following import MessageList, Source, follow
from provisioner.messaging.kept_events import KeptEvents
from provisioner.messaging.media import MediaFile, read_media_file, upload, url_of, warnings_about
from provisioner.messaging.message import Message
from provisioner.messaging.message_list import PATH
from provisioner.messaging.results import Posted, Result
from provisioner.messaging.sending import Trace, look_for, send_message
from provisioner.views.messages import render_result, request_document, result_document

TAG_BYTES = 10
NOT_AGAIN = "It is not sent again, because it may have been accepted all the same."


@dataclass(frozen=True, slots=True)
class Order:
    """One message to be sent, and how: `patience` is how long to wait for its end, None not at
    all; `kept` are the callbacks that tell of it, None for the list of messages."""

    draft: Draft
    files: tuple[MediaFile, ...]
    patience: float | None
    kept: KeptEvents | None
    dry_run: bool
    as_json: bool


@click.command(name="send")
@options.specs
@connection_options.connecting
@options.as_json
@click.option("--from", "sender", default="", help="A number, or a sippeer as Site/Sippeer.")
@click.option("--to", "recipients", multiple=True, help="A number; repeated, a group message.")
@click.option("--text", help="The text; without it and without media, standard input.")
@click.option("--media", multiple=True, metavar="URL", help="Media that the service fetches.")
@click.option(
    "--media-file",
    "media_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Media of this machine, uploaded first.",
)
@click.option("--application", default="", help="Key or id, where it does not follow from --from.")
@click.option("--tag", default="", help="Comes back in callbacks; without it, one is made up.")
@click.option("--priority", default="", help=f"{' or '.join(PRIORITIES)}; toll-free SMS only.")
@click.option("--expiration", default="", metavar="TIME", help="RFC 3339; toll-free SMS only.")
@click.option("--dry-run", is_flag=True, help="Show the request, send nothing.")
@options.waiting
@click.option(
    "--from-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Many messages: CSV, or JSON lines. The other options hold for what a line leaves out.",
)
@click.option(
    "--rate",
    type=options.Finite(0.001, 1000),
    default=1.0,
    show_default=True,
    metavar="N",
    help="Segments a second from each number, with --from-file.",
)
@click.option("--batch", default="", metavar="NAME", help="What the file is known by (its name).")
@click.option("--again", is_flag=True, help="Send the lines of --from-file anew, all of them.")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write what came of each line of --from-file: CSV, or JSON lines.",
)
def command(
    specs: tuple[Path, ...],
    as_json: bool,
    sender: str,
    recipients: tuple[str, ...],
    text: str | None,
    media: tuple[str, ...],
    media_files: tuple[Path, ...],
    application: str,
    tag: str,
    priority: str,
    expiration: str,
    dry_run: bool,
    wait: bool,
    wait_timeout: float,
    store: Path | None,
    from_file: Path | None,
    rate: float,
    batch: str,
    again: bool,
    results: Path | None,
    **connecting: Any,
) -> None:
    """Send a message, to one number or to a group of up to ten.

    The sender's application follows from its location. Nothing is sent twice: where an answer is
    lost, the account's list of messages is asked. With --from-file each line is sent once, also
    when it is interrupted or killed and run again.
    """
    tell = print_refusal_as_json if as_json else print_problems
    with told_errors(tell):
        draft = Draft(
            sender=sender,
            recipients=recipients,
            text=_text(text, bool(media or media_files or from_file)),
            media=media,
            tag=tag,
            priority=priority,
            expiration=expiration,
            application=application,
            attachments=len(media_files),
        )
        files, faults = _read_files(media_files)
        _warn(warnings_about(files))
        clock = clock_of_run()
        patience = wait_timeout if wait else None
        kept = None if store is None else KeptEvents(store)
        if from_file is not None:
            drafts = read_file(from_file, draft, clock.now(), faults)
            manner = Manner(
                name=batch or from_file.name,
                rate=rate,
                again=again,
                results=results,
                patience=patience,
                dry_run=dry_run,
                as_json=as_json,
                kept=kept,
            )
            with open_mailing(specs, read=read_spec_without_secrets, **connecting) as mailing:
                sys.exit(asyncio.run(send_file(drafts, files, mailing, manner)))
        _refuse(draft, clock.now(), faults)
        _warn(warnings_in(draft))
        order = Order(draft, files, patience, kept, dry_run, as_json)
        with open_mailing(specs, read=read_spec_without_secrets, **connecting) as mailing:
            code = asyncio.run(_send(order, mailing))
    sys.exit(code)


def _text(given: str | None, has_media: bool) -> str:
    """What `--text` says; else what is piped in. A terminal is not read from: whoever forgot the
    text would wait for nothing."""
    if given is not None:
        return given
    if has_media or sys.stdin.isatty():
        return ""
    try:
        return sys.stdin.read().removesuffix("\n")
    except UnicodeDecodeError:
        raise SettingsError("Standard input is not UTF-8. Write the text as UTF-8.") from None


def _warn(problems: tuple[Problem, ...]) -> None:
    if problems:
        print_problems(problems)


def _read_files(paths: tuple[Path, ...]) -> tuple[tuple[MediaFile, ...], tuple[Problem, ...]]:
    read = [read_media_file(path) for path in paths]
    files = tuple(file for file, _ in read if file is not None)
    return files, tuple(problem for _, problems in read for problem in problems)


def _refuse(draft: Draft, now: float, faults: tuple[Problem, ...] = ()) -> None:
    """Raises ProblemsError with all that is wrong."""
    problems = (*problems_in(draft, now=now), *faults)
    if problems:
        raise ProblemsError(problems)


async def _send(order: Order, mailing: Mailing) -> int:
    found = (await find_senders((order.draft,), mailing))[order.draft]
    draft = replace(
        order.draft,
        sender=found.number,
        application=found.application,
        tag=order.draft.tag or f"bwp-{secrets.token_hex(TAG_BYTES)}",
    )
    _refuse(draft, mailing.clock.now())
    async with mailing.connect() as client:
        if order.dry_run:
            _show_request(draft, order, client)
            return DONE
        urls = await upload(client, order.files)
        message = message_of(replace(draft, media=(*draft.media, *urls)))
        stop = asyncio.Event()
        with stop_on_signals(stop):
            began = mailing.clock.now()
            result = await _post(message, client, mailing.settle)
            if order.patience is not None and result.posted is Posted.ACCEPTED:
                source = order.kept or MessageList(client, [message.sender], began)
                result = await _follow(result, source, mailing.clock, order.patience, stop)
    _show(result, order)
    if order.patience is not None and result.state is State.OPEN and stop.is_set():
        return INTERRUPTED
    return _exit_code(result, waited=order.patience is not None)


def _show_request(draft: Draft, order: Order, client: Client) -> None:
    now = client.clock.now()
    urls = tuple(url_of(file.name_at(now), client) for file in order.files)
    message = message_of(replace(draft, media=(*draft.media, *urls)))
    print_json(request_document(f"{client.connection.api_root}{PATH}", message))


async def _post(message: Message, client: Client, settle: float) -> Result:
    sent_at = client.clock.now()
    try:
        accepted = await send_message(client, message)
    except Rejected as error:
        return Result(message, Posted.REFUSED, reason=str(error))
    except LostAnswer as error:
        return await _after_loss(message, error, sent_at, client, settle)
    return Result(message, Posted.ACCEPTED, (accepted.id,), accepted.segments)


async def _after_loss(
    message: Message, error: LostAnswer, sent_at: float, client: Client, settle: float
) -> Result:
    click.echo(f"{error}. Looking for it in the list of messages ...", err=True)
    try:
        sighting = await look_for(client, message, sent_at=sent_at, settle=settle)
    except AccountError as failure:
        reason = f"The answer was lost: {error}. {NOT_AGAIN} The list of messages: {failure}"
        return Result(message, Posted.UNKNOWN, reason=reason)
    if sighting.trace is Trace.FOUND:
        reason = "The answer was lost, but the list of messages has it."
        return Result(message, Posted.ACCEPTED, sighting.ids, reason=reason)
    seen = (
        f"The list of messages does not show it {settle:g} s later"
        if sighting.trace is Trace.ABSENT
        else f"The list of messages has what may be it: {', '.join(sighting.ids)}"
    )
    reason = (
        f"The answer was lost: {error}. {seen}. {NOT_AGAIN} Callbacks with the tag {message.tag} "
        "would tell. If nothing comes, send it again."
    )
    return Result(message, Posted.UNKNOWN, sighting.ids, reason=reason)


async def _follow(
    result: Result, source: Source, clock: Clock, patience: float, stop: asyncio.Event
) -> Result:
    (identity,) = result.ids
    recipients = {identity: result.message.recipients}
    known = await follow(recipients, source, clock, patience=patience, stop=stop)
    return replace(result, receipts=known[identity])


def _show(result: Result, order: Order) -> None:
    if order.as_json:
        print_json(dict(result_document(result)))
    else:
        click.echo(render_result(result, width=width(), paint=paint_for(sys.stdout)))


def _exit_code(result: Result, *, waited: bool) -> int:
    if result.posted is Posted.REFUSED:
        return ERROR
    if result.posted is not Posted.ACCEPTED:
        return NOT_ALL_DONE
    if not waited:
        return DONE
    return {State.DELIVERED: DONE, State.FAILED: ERROR, State.OPEN: NOT_ALL_DONE}[result.state]
