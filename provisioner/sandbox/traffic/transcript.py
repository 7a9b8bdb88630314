"""What was said, by conversation: for those who look on. No call of the messaging API shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provisioner.sandbox.memory.state import State


def note(message: Mapping[str, object], others: Iterable[str], account: str, state: State) -> None:
    """`message` is as its events show it, with its text, and is kept already; `others` are all but
    its owner. A conversation is one number's with the same others, whoever wrote."""
    # What came in as JSON may be half a character, which SQLite does not take.
    text = str(message["text"]).encode(errors="replace").decode()
    thread = " ".join([str(message["owner"]), *sorted(others)])
    state.run(
        "INSERT INTO transcript (account, message, thread, text) VALUES (?, ?, ?, ?)",
        account,
        message["id"],
        thread,
        text,
    )
