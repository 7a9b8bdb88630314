"""The spec to begin with: one of everything, with comments that say why."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ./()_+@=?&~%-]|:(?=\S))*(?<! )")
LINE_ENDS = re.compile("[\\u2028\\u2029\\ufeff]")
TYPED = frozenset({"true", "false", "null"})
SCHEMA_FILE = "provisioner.schema.json"
FEW_NUMBERS = 10
"""What the limit of a new spec lets through at most, unless more are declared in it."""

EXAMPLE_ADDRESS: Mapping[str, str] = {
    "house_number": "1600",
    "street_name": "PENNSYLVANIA",
    "city": "WASHINGTON",
    "state_code": "DC",
    "zip": "20006",
}


@dataclass(frozen=True, slots=True)
class Start:
    """What a spec begins with. "" where something is left for later.

    As it is by default it is an example, which buys nothing.
    """

    account: str = ""
    application: str = "Production Server"
    callback_url: str = "https://example.com/callbacks"
    user_id: str = ""
    site: str = "Main"
    address: Mapping[str, str] = field(default_factory=lambda: EXAMPLE_ADDRESS)
    location: str = "Messaging"
    area_code: str = ""
    quantity: int = 1


def starter_spec(start: Start) -> str:
    """The text of the file."""
    address = "".join(f"      {name}: {_scalar(text)}\n" for name, text in start.address.items())
    return f"""\
# yaml-language-server: $schema={SCHEMA_FILE}
# What the account should have for messaging. `provisioner plan` shows what would change, and
# `provisioner apply` does just that. What is not in here stays as it is.
version: 1
{_account(start)}

# Where messages that come in, and receipts of those that go out, are posted to.
applications:
  {_scalar(start.application)}:
    callback_url: {_scalar(start.callback_url)}
{_credentials(start)}

# Sub-accounts, each with the address that its service is for.
sites:
  {_scalar(start.site)}:
    address:
{address}\
    # Locations. The first one of a site has to be its default.
    sippeers:
      {_scalar(start.location)}:
        default: true
        sms: true
        mms: true
        application: {_scalar(start.application)}
        # How many numbers of which kind it should have. Only what is missing is ordered; nothing
        # is ever released.
{_numbers(start)}

# A plan that orders more numbers than this is refused.
limits: {{new_numbers: {max(FEW_NUMBERS, start.quantity)}}}

# Tells of URLs that are good for examples only.
lint: {{placeholder-url: warning}}
"""


def _account(start: Start) -> str:
    if start.account:
        return f"account: {_quoted(start.account)}"
    return '# account: "9900778" # or export BW_ACCOUNT_ID'


def _credentials(start: Start) -> str:
    why = "    # What your server asks of whoever posts. Passwords come from outside of this file."
    user_id = _scalar(start.user_id) if start.user_id else "callback-user"
    line = f'callback_credentials: {{user_id: {user_id}, password: "${{CALLBACK_PASSWORD}}"}}'
    return f"{why}\n    {'' if start.user_id else '# '}{line}"


def _numbers(start: Start) -> str:
    if start.area_code:
        block = f"{{area_code: {_quoted(start.area_code)}, quantity: {start.quantity}}}"
        return f"        numbers:\n          - {block}"
    return '        # numbers:\n        #   - {area_code: "910", quantity: 1}'


def _scalar(text: str) -> str:
    """As people write it: without quotes where none are needed."""
    return text if PLAIN.fullmatch(text) and text not in TYPED else _quoted(text)


def _quoted(text: str) -> str:
    """What JSON takes for a text is one in YAML, but for what only YAML takes for a line's end."""
    written = json.dumps(text, ensure_ascii=False)
    return LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
