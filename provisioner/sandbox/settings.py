"""What one sandbox is: its account, its credentials and how awkward it shall be."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from provisioner.sandbox.numbers.geography import is_area_code


@dataclass(frozen=True, slots=True)
class Login:
    """One account and what opens it.

    The same names and passwords may open several accounts. `messaging_token` and its secret open
    messaging alone, beside the other ways in (older vendor guides have no other); empty is none.
    `user_id` is what the messaging path names in the dialect "beta"; empty is the account's id.
    """

    account: str
    username: str
    password: str
    client_id: str
    client_secret: str
    messaging_token: str = ""
    messaging_secret: str = ""
    user_id: str = ""


@dataclass(frozen=True)
class Settings:
    """Durations are seconds. Everything but `now` may differ between two runs over one state file.

    `dialect` is "v1" (a new site is answered as XML with its Id, and in `Location`), "v1-prose"
    (one line of prose and neither: vendor guide), "v2" (a message takes E.164 numbers only, where
    the others let +1 be missing) or "beta" (see `beta`). `stock` counts the numbers that each
    area code of the table and each toll-free one has in all, sold ones included;
    `stock_by_area_code` is for these and any other. `aging` is how long a released number stays
    with its account. `campaign_management` says whether the account may see campaigns at all;
    `campaigns` are registered for `account` before it is served.
    `rate_limit` is in requests a second. `now` is the only clock that the account's time depends
    on; `latency` alone is really waited for.

    `account` and what follows it to `user_id` are one login; `accounts` are those beside it. A
    message is on its way for `message_delay`; an account sends `segments_per_second` and queues
    for 15 minutes; the list of messages may be asked for `message_searches` times in 5 minutes
    (the defaults of both are in the vendor guides). With `registration_required`, as carriers have
    it today, a message from a local number fails without a campaign, and one from a toll-free
    number without a verification.

    With `callbacks` a running server posts what happens to the URLs of applications and
    subscriptions, which may be anywhere; an answer has `callback_timeout` to come (vendor guide).
    """

    account: str = "9900778"
    username: str = "sandbox"
    password: str = "sandbox-password"  # noqa: S105 -- made up, for an account that is not real
    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"  # noqa: S105 -- made up, for an account that is not real
    messaging_token: str = "sandbox-token"  # noqa: S105 -- made up, for an account that is not real
    messaging_secret: str = "sandbox-messaging"  # noqa: S105 -- made up, for an account that is not real
    user_id: str = ""
    accounts: tuple[Login, ...] = ()
    dialect: str = "v1"
    latency: float = 0.0
    order_delay: float = 0.2
    list_lag: float = 0.0
    stock: int = 1000
    stock_by_area_code: Mapping[str, int] = field(default_factory=dict)
    aging: float = 30 * 24 * 3600.0
    campaign_management: bool = True
    campaigns: tuple[str, ...] = ()
    rate_limit: float | None = None
    message_delay: float = 0.2
    segments_per_second: float = 1.0
    message_searches: int = 3500
    registration_required: bool = False
    callbacks: bool = False
    callback_timeout: float = 10.0
    now: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if self.dialect not in DIALECTS:
            message = f"unknown dialect {self.dialect!r}; there are: {', '.join(DIALECTS)}"
            raise ValueError(message)
        wrong = [code for code in self.stock_by_area_code if not is_area_code(code)]
        if wrong:
            message = f"there is no area code {', '.join(wrong)}"
            raise ValueError(message)
        ids = [login.account for login in self.logins]
        if len(set(ids)) < len(ids):
            message = f"an account is there twice: {', '.join(ids)}"
            raise ValueError(message)

    @property
    def logins(self) -> tuple[Login, ...]:
        """All accounts, the default one first."""
        default = Login(
            account=self.account,
            username=self.username,
            password=self.password,
            client_id=self.client_id,
            client_secret=self.client_secret,
            messaging_token=self.messaging_token,
            messaging_secret=self.messaging_secret,
            user_id=self.user_id,
        )
        return (default, *self.accounts)


DIALECTS = ("v1", "v1-prose", "v2", "beta")
