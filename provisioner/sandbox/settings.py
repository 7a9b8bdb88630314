"""What one sandbox is: its account, its credentials and how awkward it shall be."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """Durations are seconds. Everything but `now` may differ between two runs over one state file.

    `dialect` is "v1" (a new site is answered as XML with its Id, and in `Location`) or "v1-prose"
    (one line of prose and neither: vendor guide). `stock` counts the numbers that an area code has
    in all, sold ones included. `rate_limit` is in requests a second. `now` is the only clock that
    the account's time depends on; `latency` alone is really waited for.
    """

    account: str = "9900778"
    username: str = "sandbox"
    password: str = "sandbox-password"  # noqa: S105 -- made up, for an account that is not real
    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"  # noqa: S105 -- made up, for an account that is not real
    dialect: str = "v1"
    latency: float = 0.0
    order_delay: float = 0.2
    list_lag: float = 0.0
    stock: int = 1000
    stock_by_area_code: Mapping[str, int] = field(default_factory=dict)
    rate_limit: float | None = None
    now: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if self.dialect not in DIALECTS:
            message = f"unknown dialect {self.dialect!r}; there are: {', '.join(DIALECTS)}"
            raise ValueError(message)


DIALECTS = ("v1", "v1-prose")
