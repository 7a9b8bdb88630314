"""The fixtures of tests/account: what carries a plan out is tested against the same sandbox."""

import pytest

from provisioner.account.intents import Intent
from provisioner.execution.records import Occasion, Owner
from provisioner.model import Address
from provisioner.planning import Verb
from tests.account.conftest import (
    Account,
    Run,
    account,
    anyio_backend,
    closing,
    open_account,
)

__all__ = ["account", "anyio_backend", "closing", "open_account"]

FIRST, SECOND, THIRD = "+19103210910", "+19103748249", "+19104285588"
"""In area code 910, in the order in which the sandbox sells them."""
OWNER = Owner("ana", "build-7", "https://ci.example.com/job/12")
OCCASION = Occasion(
    "https://dashboard.bandwidth.com",
    "9900778",
    OWNER,
    files=("spec.yaml",),
    digest="d5c282",
    commit="0cad128+",
    tool_version="0.1.0",
)


class Wall:
    """The time of day, which passes only when it is told to."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time


def creation(name: str, method: str = "POST") -> Intent:
    return Intent(method, "create", Address("site", (name,)), name=name)


def listed(*numbers: str, west: str = "") -> str:
    """East lists the numbers; `west` are blocks of the location beside it."""
    beside = f", West: {{default: true, numbers: [{west}]}}" if west else ""
    return (
        "sites: {Raleigh: {sippeers: {East: {numbers: "
        f"[{{telephone_numbers: [{', '.join(numbers)}]}}]}}{beside}}}}}}}"
    )


def held(account: Account, sippeer: str) -> list[str]:
    return [f"+1{each}" for each in sorted(account.texts(f"{sippeer}/tns", "FullNumber"))]


def deeds(run: Run) -> list[tuple[Verb, tuple[str, ...]]]:
    ends = run.finished
    return [(step.verb, ends[str(step.address)].numbers) for step in run.plan.steps]


@pytest.fixture
def east(account: Account) -> str:
    return account.sippeer(account.site())


@pytest.fixture
def west(account: Account, east: str) -> str:
    """Beside east, with the first two numbers."""
    peer = account.sippeer(east.partition("/sippeers")[0], "West", default=False)
    account.order(peer, "others", quantity=2)
    account.time.advance(3600)
    assert held(account, peer) == [FIRST, SECOND]
    return peer
