"""The fixtures of tests/account: what carries a plan out is tested against the same sandbox."""

from provisioner.account.intents import Intent
from provisioner.execution.records import Occasion, Owner
from provisioner.model import Address
from tests.account.conftest import account, anyio_backend, closing, open_account

__all__ = ["account", "anyio_backend", "closing", "open_account"]

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
