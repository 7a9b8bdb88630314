"""Whatever is lost on the way: the next run brings it to its end, and nothing is there twice."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from provisioner.errors import AccountError
from provisioner.execution.events import Status
from provisioner.sandbox.failures.faults import Fault
from tests.account.conftest import QUICKSTART, Account, Open

pytestmark = pytest.mark.anyio

REQUESTS = [
    ("GET", "/applications$"),
    ("GET", "/sites[?]"),
    ("POST", "/applications$"),
    ("POST", "/sites$"),
    ("POST", "/sippeers$"),
    ("POST", "/sms$"),
    ("POST", "/mms$"),
    ("PUT", "/applicationSettings$"),
    ("POST", "/orders$"),
    ("GET", "/orders[?]"),
    ("GET", "/orders/"),
]
UNRELATED = b"<html><body><p>Please sign in</p></body></html>"
FAULTS = {
    "dropped before": Fault("drop-before"),
    "dropped after": Fault("drop-after"),
    "500 before": Fault("status-before", status=500),
    "500 after": Fault("status-after", status=500),
    "429": Fault("status-before", status=429),
    "garbage": Fault("garbage"),
    "truncated": Fault("truncate"),
    "empty": Fault("status-after", status=200),
    "unrelated": Fault("status-after", status=200, body=UNRELATED),
}
# Nobody can tell from one of these answers that nothing was done.
LIES = {
    "empty before": Fault("status-before", status=200),
    "unrelated before": Fault("status-before", status=200, body=UNRELATED),
    "garbage before": Fault("status-before", status=200, body=b"<<<"),
}
MAKES_NO_SENSE = {"garbage", "empty", "unrelated"}
EXPECTED = {
    "applications": ["Production Server"],
    "sites": ["Raleigh"],
    "sippeers": ["Bandwidth Messaging 2 test2"],
}


async def test_every_request_of_the_quickstart_is_among_those_that_fail(
    open_account: Open,
) -> None:
    account = open_account()
    assert (await account.apply(QUICKSTART)).done
    for asked in account.requests:
        method, _, target = asked.partition(" ")
        fitting = [p for m, p in REQUESTS if m == method and re.search(p, target)]
        assert len(fitting) == 1, asked


WHERE = [*((*each, "v1") for each in REQUESTS), ("POST", "/sites$", "v1-prose")]


@pytest.mark.parametrize("fault", list(FAULTS))
@pytest.mark.parametrize(("method", "path", "dialect"), WHERE)
async def test_one_lost_request_leaves_nothing_undone_and_nothing_twice(
    open_account: Open, method: str, path: str, fault: str, dialect: str
) -> None:
    account = open_account(dialect=dialect)
    account.faults.add(replace(FAULTS[fault], method=method, path=path))
    may_fail = method == "GET" and fault in MAKES_NO_SENSE
    try:
        first = await account.apply(QUICKSTART)
    except AccountError:
        assert may_fail
        assert not account.sent("POST"), "what cannot be read is not made anew"
    else:
        failed = [each for each in first.finished.values() if each.status is not Status.DONE]
        assert not failed, failed
    await nothing_is_undone_or_there_twice(account)


@pytest.mark.parametrize("lie", list(LIES))
@pytest.mark.parametrize(
    ("method", "path", "dialect"), [each for each in WHERE if each[0] != "GET"]
)
async def test_one_request_that_only_seems_to_be_answered_is_made_up_for_by_the_next_run(
    open_account: Open, method: str, path: str, lie: str, dialect: str
) -> None:
    account = open_account(dialect=dialect)
    account.faults.add(replace(LIES[lie], method=method, path=path))
    await account.apply(QUICKSTART)
    await nothing_is_undone_or_there_twice(account)


async def nothing_is_undone_or_there_twice(account: Account) -> None:
    assert (await account.apply(QUICKSTART)).done
    contents = account.contents()
    assert len(contents["numbers"]) == len(contents["orders"]) == 1
    assert {name: contents[name] for name in EXPECTED} == EXPECTED
    assert (await account.plan(QUICKSTART)).plan.steps == ()
