"""Whatever is lost on the way: the next run brings it to its end, and nothing is there twice."""

from __future__ import annotations

import re

import pytest

from provisioner.errors import AccountError
from provisioner.execution.events import Status
from tests.account.conftest import QUICKSTART, Open

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
FAULTS = {
    "dropped before": ("drop-before", 0),
    "dropped after": ("drop-after", 0),
    "500 before": ("status-before", 500),
    "500 after": ("status-after", 500),
    "429": ("status-before", 429),
    "garbage": ("garbage", 0),
    "truncated": ("truncate", 0),
}
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


@pytest.mark.parametrize("fault", list(FAULTS))
@pytest.mark.parametrize(
    ("method", "path", "dialect"),
    [*((*each, "v1") for each in REQUESTS), ("POST", "/sites$", "v1-prose")],
)
async def test_one_lost_request_leaves_nothing_undone_and_nothing_twice(
    open_account: Open, method: str, path: str, fault: str, dialect: str
) -> None:
    account = open_account(dialect=dialect)
    kind, status = FAULTS[fault]
    account.fail(kind, method, path, status=status)
    try:
        first = await account.apply(QUICKSTART)
    except AccountError:
        assert (fault, method) == ("garbage", "GET")
    else:
        failed = [each for each in first.finished.values() if each.status is not Status.DONE]
        assert not failed or (fault, method) == ("garbage", "GET"), failed
    assert (await account.apply(QUICKSTART)).done
    contents = account.contents()
    assert len(contents["numbers"]) == len(contents["orders"]) == 1
    assert {name: contents[name] for name in EXPECTED} == EXPECTED
    assert (await account.plan(QUICKSTART)).plan.steps == ()
