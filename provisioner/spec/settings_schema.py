"""The schemas of what stands around the resources of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from provisioner.lint import WARNINGS, Level
from provisioner.spec.references import NAME

IDENTIFIER = r"^[A-Za-z0-9_-]+$"


class VariableType(StrEnum):
    """What the values of a variable have to be."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    LIST = "list"
    SECRET = "secret"  # noqa: S105 -- a type, not a value


VERSION: Mapping[str, Any] = {
    "title": "Version",
    "description": "The version of this format.",
    "type": "integer",
    "const": 1,
    "examples": [1],
}
ACCOUNT: Mapping[str, Any] = {
    "title": "Account",
    "description": "The account's id; or leave it out and set BW_ACCOUNT_ID.",
    "type": "string",
    "maxLength": 50,
    "pattern": IDENTIFIER,
    "examples": ["9900778"],
}
LIMITS: Mapping[str, Any] = {
    "title": "Limits",
    "description": "Ceilings beyond which a plan is refused.",
    "type": "object",
    "properties": {
        "new_numbers": {
            "title": "New numbers",
            "description": "How many numbers one plan may order; 100 where it is left out.",
            "type": "integer",
            "minimum": 0,
            "default": 100,
            "examples": [100],
        },
        "deletes": {
            "title": "Deletes",
            "description": "How many applications, sites and sippeers one plan may delete; 10 with "
            "`prune`, else 0.",
            "type": "integer",
            "minimum": 0,
            "examples": [10],
        },
        "changes_percent": {
            "title": "Changes, in percent",
            "description": "Which share of the live resources one plan may change or delete, where "
            "there are ten or more; 50 where it is left out.",
            "type": "integer",
            "minimum": 0,
            "maximum": 100,
            "default": 50,
            "examples": [50],
        },
    },
    "additionalProperties": False,
    "examples": [{"new_numbers": 100}],
}
INCLUDE: Mapping[str, Any] = {
    "title": "Include",
    "description": "Files that belong to this one, relative to it; `*` stands for any name.",
    "type": "array",
    "items": {
        "title": "File",
        "description": "A file, a folder, or a pattern of files.",
        "type": "string",
        "minLength": 1,
        "examples": ["customers/*.yaml"],
    },
    "examples": [["applications.yaml", "customers/*.yaml"]],
}
TEMPLATES: Mapping[str, Any] = {
    "title": "Templates",
    "description": "A folder of your own request bodies, relative to this file: a Jinja template"
    " `TYPE.xml.j2` for each resource type whose body the account wants otherwise.",
    "type": "string",
    "minLength": 1,
    "examples": ["templates"],
}
VARIABLES: Mapping[str, Any] = {
    "title": "Variables",
    "description": "What differs from run to run, as ${var.NAME} elsewhere in the spec.",
    "type": "object",
    "propertyNames": {
        "description": "A variable's name is of letters, digits and `_`.",
        "pattern": rf"^{NAME}$",
    },
    "additionalProperties": {
        "title": "Variable",
        "description": "Given by --var, --var-file or BWP_VAR_NAME, or else its default.",
        "type": ["object", "null"],
        "properties": {
            "type": {
                "title": "Type",
                "description": "What its values have to be; a secret goes into secret fields only,"
                " a list where a list belongs or into `for_each`.",
                "type": "string",
                "enum": [each.value for each in VariableType],
                "default": VariableType.TEXT.value,
                "examples": [VariableType.TEXT.value],
            },
            "default": {
                "title": "Default",
                "description": "Its value where nobody gives one. Without it, somebody has to.",
                "type": ["string", "number", "boolean", "array"],
                "examples": ["staging", ["919", "984"]],
            },
            "description": {
                "title": "Description",
                "description": "What it is for, for the reader.",
                "type": "string",
                "examples": ["Which of the accounts this is"],
            },
        },
        "additionalProperties": False,
        "examples": [{"type": "text", "default": "staging"}],
    },
    "examples": [{"environment": {"type": "text", "default": "staging"}}],
}
LINT: Mapping[str, Any] = {
    "title": "Lint",
    "description": "How seriously to take a warning, by its code.",
    "type": "object",
    "properties": {
        code: {
            "title": code,
            "description": warned.meaning,
            "type": "string",
            "enum": [each.value for each in Level],
            "default": warned.level.value,
            "examples": [Level.ERROR.value],
        }
        for code, warned in sorted(WARNINGS.items())
    },
    "additionalProperties": False,
    "examples": [{"literal-secret": "error"}],
}
FOR_EACH: Mapping[str, Any] = {
    "title": "For each",
    "description": "One of these for each row: a list, a mapping, or a .csv or .yaml file with one,"
    " relative to this file. ${each.NAME} is a column, in the key above and everywhere below;"
    " ${each.outer.NAME} is one of the row outside.",
    "type": ["string", "array", "object"],
    "items": {
        "title": "Row",
        "description": "A text, or a mapping of columns.",
        "type": ["string", "number", "boolean", "object", "null"],
        "examples": ["Raleigh", {"name": "Raleigh", "area_code": "910"}],
    },
    "examples": ["customers.csv", ["Raleigh", "Durham"], {"Raleigh": {"area_code": "910"}}],
}
WHERE: Mapping[str, Any] = {
    "title": "Where",
    "description": "Which rows of `for_each`: those with these texts in these columns.",
    "type": "object",
    "examples": [{"site": "Raleigh"}, {"site": ["Raleigh", "Durham"]}],
}
