"""The HTTP calls of a plan as a shell script with curl."""

from __future__ import annotations

import shlex

from provisioner.planning.recipe import Call, Recipe, Unknown, fill_in, marks_in
from provisioner.resource_type import Types
from provisioner.views.recipe_variables import credential_names, variable_names
from provisioner.views.wording import deed, noun, printable

HEAD = """\
#!/bin/sh
# What `provisioner apply` would send to account {account}, to be read and handed on.
# It is no replacement: run twice it makes everything twice, and nobody looks for lost answers.
# A secret with &, < or > has to be exported as XML wants it: &amp; &lt; &gt;
set -eu
"""
TYPE = "-H 'Content-Type: application/xml; charset=utf-8'"


def render_curl(recipe: Recipe, types: Types) -> str:
    """Ids that answers bring are asked for on the terminal, secrets are variables."""
    names = variable_names(recipe)
    secrets = dict.fromkeys(
        names[mark] for mark, blank in recipe.blanks.items() if blank.kind is Unknown.SECRET
    )
    needed = " ".join(f'"${{{name}:?}}"' for name in (*credential_names(recipe), *secrets))
    lines = [
        HEAD.format(account=recipe.account),
        f': "${{BW_API_URL:={recipe.origin}}}" {needed}',
    ]
    asked: set[str] = set()
    for call in recipe.calls:
        lines += ["", f"# {printable(deed(call.step.change, call.step.verb, types))}"]
        lines += [f"# {call.purpose}"] if call.purpose else []
        lines += _asked_first(call, recipe, names, types, asked)
        lines += _call(call, recipe, names)
    return "\n".join(lines) + "\n"


def _asked_first(
    call: Call, recipe: Recipe, names: dict[str, str], types: Types, asked: set[str]
) -> list[str]:
    """What the answers before have given, asked for where it is needed first."""
    lines = []
    for mark in marks_in(call.path, call.body):
        blank = recipe.blanks[mark]
        if blank.kind is not Unknown.SECRET and mark not in asked:
            asked.add(mark)
            words = shlex.quote(f"{blank.kind} of {noun(blank.address, types)}: ")
            lines.append(f"printf %s {words} >&2; read -r {names[mark]}")
    return lines


def _call(call: Call, recipe: Recipe, names: dict[str, str]) -> list[str]:
    who = (
        '-H "Authorization: Bearer $BW_TOKEN"'
        if recipe.by_token
        else ('-u "$BW_USERNAME:$BW_PASSWORD"')
    )
    path = _with_variables(f"{recipe.root}{call.path}", names)
    begun = f'curl -fsSi {who} -X {call.method} "$BW_API_URL{path}"'
    if not call.body:
        return [begun]
    body = _with_variables(call.body, names)
    end = "EOF"
    while end in body.splitlines():
        # What others wrote into an item must not end the document, and become a command.
        end += "_"
    return [f"{begun} {TYPE} --data-binary @- <<{end}", body, end]


def _with_variables(text: str, names: dict[str, str]) -> str:
    """For inside double quotes, and for a document that the shell fills in."""
    escaped = text.replace("\\", "\\\\").replace("$", "\\$").replace("`", "\\`")
    return fill_in(escaped, lambda mark: f"${{{names[mark]}}}")
