"""Addresses that the account has otherwise than the spec: as lines to be put into it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from provisioner.execution.events import StepFinished
from provisioner.views.wording import printable


def correction_lines(events: Iterable[StepFinished]) -> list[str]:
    return [line for event in events for line in _lines(event)]


def _lines(event: StepFinished) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for each in event.corrected:
        group, _, key = each.path.rpartition(".")
        groups.setdefault(group, []).append(f"{key}: {json.dumps(str(each.after))}")
    if groups:
        yield f"  {printable(str(event.step.address))}"
    for group, keys in groups.items():
        yield f"    {group}: {{{', '.join(keys)}}}"
