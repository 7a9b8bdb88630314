"""Messages against the sandbox, on a clock that nobody waits for."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from provisioner.account.client import Client
from provisioner.account.connection import Connection
from provisioner.messaging.connection import messaging_connection_from
from provisioner.messaging.message import Message
from tests.account.conftest import (
    ACCOUNT,
    QUICKSTART,
    Account,
    FakeTime,
    Open,
    Stage,
    account,
    anyio_backend,
    closing,
    open_account,
)

__all__ = ["account", "anyio_backend", "closing", "open_account"]

ONE, OTHER = "+12345678902", "+12345678903"


def messaging(url: str, **variables: str) -> Connection:
    environ = {
        "BW_API_URL": url,
        "BW_MESSAGING_URL": url,
        "BW_USERNAME": "sandbox",
        "BW_PASSWORD": "sandbox-password",
        **variables,
    }
    return messaging_connection_from(environ, ACCOUNT, timeout=5)


def fetched(url: str) -> httpx.Response:
    return httpx.get(url, auth=("sandbox", "sandbox-password"))


def staged_client(stage: Stage) -> Client:
    return Client(messaging(stage.url), clock=stage.time.clock)


@dataclass(frozen=True)
class Postbox:
    """A location that can send, on an account of its own."""

    account: Account
    number: str
    application: str

    @property
    def time(self) -> FakeTime:
        return self.account.time

    def client(self, **options: Any) -> Client:
        return Client(messaging(self.account.server.url), clock=self.time.clock, **options)

    def message(self, *recipients: str, **more: Any) -> Message:
        text = "" if more.get("media") else "Hey, check this out!"
        return Message(
            self.number,
            recipients or (ONE,),
            self.application,
            **{"text": text, **more},
        )

    @property
    def posted(self) -> list[dict[str, Any]]:
        """The bodies of all messages that reached the account, whatever came of them."""
        return [
            json.loads(entry.request)
            for entry in self.account.log
            if entry.method == "POST" and entry.target.endswith("/messages")
        ]

    def listed(self) -> list[dict[str, Any]]:
        """What the account itself says it accepted, newest first."""
        answer = httpx.get(
            f"{self.account.server.url}/api/v2/users/{ACCOUNT}/messages",
            params={"messageDirection": "OUTBOUND", "limit": "10000"},
            auth=("sandbox", "sandbox-password"),
        )
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


async def open_postbox(account: Account) -> Postbox:
    """The quickstart, applied: its location has one number."""
    await account.apply(QUICKSTART)
    (number,) = account.contents()["numbers"]
    (application,) = account.texts("/applications", "ApplicationId")
    return Postbox(account, f"+1{number}", application)


@pytest.fixture
def postbox(open_account: Open) -> Postbox:
    return asyncio.run(open_postbox(open_account()))
