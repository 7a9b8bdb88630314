"""What is told of requests beside results: on standard error, and in an archive."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import click

from provisioner import __version__
from provisioner.account.har import Exchange, har_document
from provisioner.account.wire import EXCHANGES
from provisioner.cli.connection_options import Tracing
from provisioner.cli.output import print_problems, told

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


def show_requests(tracing: Tracing) -> None:
    """On standard error: what is tried again; with `-v` each request, with `-vv` the bodies too.

    Raises OSError where there can be no archive.
    """
    handler = logging.StreamHandler()
    stamp = "%(asctime)s " if tracing.level else ""
    text = logging.Formatter(f"{stamp}%(message)s", "%H:%M:%S")
    handler.setFormatter(JsonLines() if tracing.as_json else text)
    log = logging.getLogger("provisioner")
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(LEVELS[min(tracing.level, 2)])
    _archive(tracing.har)


class JsonLines(logging.Formatter):
    """One JSON object a line. A traceback is for `-vv`, and in a member of its own."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


class Archive(logging.Handler):
    """Keeps every exchange, and writes them when the command ends."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._exchanges: list[Exchange] = []
        path.touch(mode=0o600)
        path.chmod(0o600)

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, Exchange):
            self._exchanges.append(record.msg)

    def save(self) -> None:
        document = har_document(self._exchanges, __version__)
        try:
            self._path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            # What the command did is done, whether or not this can be kept of it.
            print_problems((told(error),))


def _archive(path: Path | None) -> None:
    EXCHANGES.handlers = []
    EXCHANGES.propagate = False
    EXCHANGES.setLevel(logging.CRITICAL)
    if path is not None:
        archive = Archive(path)
        EXCHANGES.addHandler(archive)
        EXCHANGES.setLevel(logging.INFO)
        click.get_current_context().call_on_close(archive.save)
