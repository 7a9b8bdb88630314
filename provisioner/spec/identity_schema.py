"""The schemas of the keys that say which live resource is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.spec.settings_schema import IDENTIFIER

LONGEST_LABEL = 50
PINNED_ID: Mapping[str, Any] = {
    "title": "Id",
    "description": "The id in the account, where the name alone does not tell which one is meant.",
    "type": "string",
    "pattern": IDENTIFIER,
    "maxLength": 100,
    "examples": ["500021"],
}
RENAMED_FROM: Mapping[str, Any] = {
    "title": "Renamed from",
    "description": "The name that it had: it is renamed, and not made anew under the new name.",
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_LABEL,
    "examples": ["Old name"],
}
NEW: Mapping[str, Any] = {
    "title": "New",
    "description": "Says that it is another one than what looks like it under another name.",
    "type": "boolean",
    "examples": [True],
}
IDENTITY = {"id": PINNED_ID, "renamed_from": RENAMED_FROM, "new": NEW}
