"""Text made safe inside Markdown: whatever a name holds, it stays a name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from provisioner.views.wording import printable

MARKS = re.compile(r"[^\w ]")


def markdown_code(text: str, most: int = 100) -> str:
    """A name in running Markdown: on one line, at most so many characters of it.

    All but letters and digits become character references, so that nothing is left to be marked
    up, linked or closed. The element around them keeps GitHub and GitLab from finding mentions
    and references in what comes out of that.
    """
    shown = printable(text)
    shown = shown if len(shown) <= most else f"{shown[: most - 1]}…"
    return f"<code>{MARKS.sub(lambda found: f'&#{ord(found[0])};', shown)}</code>"


def fence_around(lines: Iterable[str]) -> str:
    """What opens and closes a block of code: longer than any run of backticks in its lines."""
    runs = (len(run) for line in lines for run in re.findall("`+", line))
    return "`" * max(3, max(runs, default=0) + 1)
