"""Files of environment variables: lines of NAME=VALUE, as shells and containers read them.

Only what all readers of such files agree on is taken; what they read differently is refused:
`$` outside of single quotes, which some fill in and some do not, text behind a quoted value, and
values over several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from provisioner.errors import Origin, Problem, SettingsError, SpecError
from provisioner.spec.problems import error

LINE = re.compile(
    r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)="
    r"(?:'(?P<single>[^']*)'"
    r"|\"(?P<double>(?:[^\"\\]|\\.)*)\""
    r"|(?P<bare>[^'\"\s#]\S*(?:[ \t]+[^#\s]\S*)*)?)"
    r"(?:\s+#.*|\s*)"
)
ESCAPED = re.compile(r"\\(.)")
MEANINGS = {"n": "\n", "t": "\t", "r": "\r"}


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a file, the last one of a name.

    Raises SpecError, which names all lines that are wrong and nothing that stands in them: it may
    be a secret. Raises SettingsError for a file that is none.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise SettingsError(f"{path} cannot be read: {fault.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8.") from None
    problems: list[Problem] = []
    found = dict(_variables(str(path), text, problems))
    if problems:
        raise SpecError(problems)
    return found


def _variables(name: str, text: str, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        found = LINE.fullmatch(stripped)
        if found is None:
            detail = (
                "The line is not NAME=VALUE, NAME='VALUE' or NAME=\"VALUE\", with a comment behind"
                " it at most."
            )
            problems.append(error("bad-line", detail, Origin(name, number, 1)))
        elif "$" in (found["double"] or found["bare"] or ""):
            detail = (
                "`$` would be filled in by some programs and not by others. Put the value in"
                " single quotes."
            )
            problems.append(error("bad-line", detail, Origin(name, number, 1)))
        else:
            yield found["name"], _value(found)


def _value(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return ESCAPED.sub(lambda escaped: MEANINGS.get(escaped[1], escaped[1]), found["double"])
    return found["single"] or found["bare"] or ""
