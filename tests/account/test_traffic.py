from __future__ import annotations

from provisioner.account.traffic import Stopwatch
from tests.account.conftest import FakeTime


def test_time_is_counted_once_however_many_spend_it_together() -> None:
    time = FakeTime()
    watch = Stopwatch(time)
    with watch.running():
        time.advance(2)
        with watch.running():
            time.advance(3)
        time.advance(4)
    time.advance(100)
    with watch.running():
        time.advance(1)
    assert watch.total == 10
