"""What becomes of accepted messages as time goes on: QUEUED, SENDING, then DELIVERED or FAILED.

There is no timer: before each request to messaging, what has come due by the clock is settled.
"""

from __future__ import annotations

from provisioner.sandbox.state import State

# Metadata can be searched for about this long (vendor interface description).
_KEPT_SECONDS = 14 * 24 * 3600


def settle_messages(state: State) -> None:
    """An error that the service itself finds (4000 to 4699: vendor error list) keeps a message from
    ever being sent to a carrier, so it goes from QUEUED to FAILED."""
    now = state.now()
    state.run(
        "UPDATE deliveries SET status = 'SENDING', due = settles "
        "WHERE due <= ? AND status = 'QUEUED' AND verdict NOT BETWEEN 4000 AND 4699",
        now,
    )
    state.run(
        "UPDATE deliveries SET status = iif(verdict, 'FAILED', 'DELIVERED'), "
        "error_code = verdict, due = NULL WHERE due <= ?",
        now,
    )
    state.run("DELETE FROM messages WHERE received <= ?", now - _KEPT_SECONDS)
