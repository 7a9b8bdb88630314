"""Whether a value of the account can stand in a spec at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provisioner.model import Value
from provisioner.resource_type import Field
from provisioner.spec.values import UNWANTED
from provisioner.spec.wording import listed, quoted


def misfit(row: Field, value: Value | None) -> str:
    """Why a spec cannot have this value in this field; "" where it can.

    The end of a sentence, such as "has 60 characters, and at most 50 are possible".
    """
    texts = value if isinstance(value, tuple) else (value,)
    reasons = (each for text in texts if isinstance(text, str) for each in _misfits(row, text))
    return next(reasons, "")


def _misfits(row: Field, text: str) -> Iterator[str]:
    if UNWANTED.search(text):
        yield "holds a control character"
    if row.max_length is not None and len(text) > row.max_length:
        yield f"has {len(text)} characters, and at most {row.max_length} are possible"
    if len(text) < row.min_length:
        yield f"has {len(text)} characters, and at least {row.min_length} are needed"
    if row.choices and text not in row.choices:
        yield f"is {quoted(text)}, and can only be {listed(row.choices, 'or')}"
    if row.pattern and not re.search(row.pattern, text):
        yield f"is {quoted(text)}, which is not of the form that a spec takes"
