"""Numbers are given back only by name, after they were shown and the account id was typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import LOCATION, lead_to

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Clock, Declare, OpenAccount, OpenTerminal, Start

Change = Callable[[dict[str, Any]], None]
FIRST, SECOND = "+19103210910", "+19103748249"


def with_quantity(quantity: int, **more: object) -> Change:
    def change(spec: dict[str, Any]) -> None:
        block = {"area_code": "910", "quantity": quantity, **more}
        spec["sites"]["Raleigh"]["sippeers"][LOCATION]["numbers"] = [block]

    return change


@pytest.fixture(autouse=True)
def wide_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no sentence is broken in the middle."""
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def surplus(account: Account, cli: Cli, declare: Declare) -> Account:
    """Two numbers, of which the spec by now wants one."""
    declare(with_quantity(2))
    assert cli("apply", "--yes").code == 0
    declare(with_quantity(1))
    account.log.clear()
    return account


def numbers(account: Account) -> list[str]:
    return sorted(f"+1{each}" for each in account.texts(f"{account.sippeer}/tns", "FullNumber"))


def test_a_number_is_released_with_its_place_shown(surplus: Account, cli: Cli) -> None:
    ran = cli("release", "9103210910", "--yes")
    assert ran.code == 0
    assert f"- release 1 number ({FIRST}) from Raleigh/{LOCATION}" in ran.out
    assert "Releases 1 number: nobody can get one back." in ran.out
    assert ran.out.splitlines()[-1].startswith("Applied: 1 number released in ")
    assert numbers(surplus) == [SECOND]
    orders = [each for each in surplus.writes if "disconnects" in each.target]
    assert len(orders) == 1
    again = cli("release", FIRST, "--yes")
    assert again.code == 0
    assert f"{FIRST} was released before, or never was of this account" in again.everything
    assert cli("plan", "--detailed-exitcode").code == 0
    assert "1 done" in cli("history").out


def test_what_the_spec_still_wants_is_refused_with_its_place(surplus: Account, cli: Cli) -> None:
    ran = cli("release", FIRST, SECOND, "--yes")
    assert ran.code == 1
    assert "provisioner.yaml:" in ran.err
    assert "declares 1, and would lack 1 more" in ran.err
    assert numbers(surplus) == [FIRST, SECOND]


def test_the_account_id_has_to_be_typed(surplus: Account, terminal: OpenTerminal, cli: Cli) -> None:
    question = "This cannot be undone: 1 number to release. To go on, type the account id (9900778)"
    for answer in ("y", "9900779", ""):
        asked = terminal("release", FIRST)
        asked.wait_for(question)
        asked.type(f"{answer}\n")
        assert asked.finish() == 1
        assert "Nothing was sent." in asked.shown
    assert numbers(surplus) == [FIRST, SECOND]
    asked = terminal("release", FIRST)
    asked.wait_for(question)
    asked.type("9900778\n")
    assert asked.finish() == 0
    assert numbers(surplus) == [SECOND]


def test_without_a_terminal_it_takes_a_yes(surplus: Account, cli: Cli) -> None:
    ran = cli("release", FIRST)
    assert ran.code == 1
    assert "Add --yes" in ran.err
    assert numbers(surplus) == [FIRST, SECOND]


def test_a_file_of_numbers(surplus: Account, cli: Cli, tmp_path: Path) -> None:
    listed = tmp_path / "gone.txt"
    listed.write_text("# sold\n(910) 321-0910   # the first\n\n+1 910 321 0910\n")
    assert cli("release", "--from", str(listed), "--yes").code == 0
    assert numbers(surplus) == [SECOND]
    listed.write_text("9103210910\n555\nhello\n")
    ran = cli("release", "--from", str(listed), "--yes")
    assert ran.code == 1
    assert f"{listed}:2: '555'; {listed}:3: 'hello'" in ran.err


def test_as_json_it_is_the_stream_of_an_apply(surplus: Account, cli: Cli) -> None:
    ran = cli("release", FIRST, "--yes", "--json")
    assert ran.code == 0
    kinds = [line["type"] for line in ran.lines]
    assert kinds[:2] == ["version", "plan"]
    assert kinds[-1] == "report"
    (change,) = ran.lines[1]["changes"]
    assert change["action"] == "release"
    assert change["attributes"][0]["before"] == [FIRST]
    assert ran.lines[1]["summary"]["numbers_to_release"] == 1
    (step,) = ran.lines[-1]["steps"]
    assert (step["status"], step["numbers"]) == ("done", [FIRST])


def test_a_number_of_a_location_that_is_not_declared(account: Account, cli: Cli) -> None:
    """It is shown with the names that the account has for its place."""
    Path("all.yaml").write_text(
        "version: 1\naccount: '9900778'\nsites: {Cary: {address: {house_number: '1', "
        "street_name: MAIN, city: CARY, state_code: NC, zip: '27511'}, sippeers: {West: "
        "{numbers: [{area_code: 910, quantity: 1}]}}}}\n"
    )
    assert cli("apply", "all.yaml", "--yes").code == 0
    Path("none.yaml").write_text("version: 1\naccount: '9900778'\n")
    ran = cli("release", FIRST, "none.yaml", "--yes")
    assert ran.code == 0
    assert f"- release 1 number ({FIRST}) from Cary/West" in ran.out
    assert account.texts(f"{account.sippeer}/tns", "FullNumber") == []


def test_an_order_that_takes_longer_than_it_may_is_open_and_not_placed_again(
    open_account: OpenAccount,
    cli: Cli,
    start: Start,
    declare: Declare,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = open_account(order_delay=60.0, now=clock)
    lead_to(account, monkeypatch)
    declare(with_quantity(2))
    assert cli("apply", "--yes", "--order-timeout", "0").code == 3
    clock.time += 60
    declare(with_quantity(1))
    ran = cli("release", FIRST, "--yes", "--order-timeout", "0")
    assert ran.code == 3
    assert "is still RECEIVED; running again continues to wait for it" in ran.out
    releasing = start("release", FIRST, "--yes", **account.environ)
    releasing.wait_for_told("RECEIVED")
    clock.time += 60
    again = releasing.finish()
    assert again.code == 0
    assert "releases them already; no second is placed" in again.out
    assert [each.target for each in account.writes if "disconnects" in each.target] == [
        "/api/accounts/9900778/disconnects"
    ]


def test_nothing_named_is_an_error(untouched_account: Account, cli: Cli) -> None:
    ran = cli("release")
    assert ran.code == 1
    assert "Name the numbers" in ran.err


# Back orders


@pytest.fixture
def waiting(
    open_account: OpenAccount, cli: Cli, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> tuple[Account, str]:
    """Three declared, one came, two are on back order."""
    account = open_account(stock_by_area_code={"910": 1})
    lead_to(account, monkeypatch)
    declare(with_quantity(3, back_order=True))
    assert cli("apply", "--yes").code == 3
    return account, account.text("/orders?page=1&size=10", "orderId")


def test_a_back_order_is_closed(waiting: tuple[Account, str], cli: Cli, declare: Declare) -> None:
    account, order = waiting
    declare(with_quantity(1, back_order=True))
    assert f"provisioner release --order {order}" in " ".join(cli("plan").out.split())
    ran = cli("release", "--order", order, "--yes")
    assert ran.code == 0
    assert f"- close back order {order} for Raleigh/{LOCATION}" in ran.out
    assert "# waits for 2 of 3 numbers; what it brought stays" in ran.out
    assert "Applied: 1 back order closed in " in ran.out
    assert account.text(f"/orders/{order}", "OrderStatus") == "PARTIAL"
    kept = account.text(f"/orders/{order}", "CustomerOrderId")
    assert kept.startswith("bwp-"), "it is found again by this"
    assert cli("plan", "--detailed-exitcode").code == 0
    again = cli("release", "--order", order, "--yes")
    assert again.code == 0
    assert f"Order {order} is PARTIAL already" in again.everything


def test_a_back_order_that_its_block_would_place_again_stays(
    waiting: tuple[Account, str], cli: Cli
) -> None:
    account, order = waiting
    ran = cli("release", "--order", order, "--yes")
    assert ran.code == 1
    assert "The spec still wants this order" in ran.err
    assert account.text(f"/orders/{order}", "OrderStatus") == "BACKORDERED"


def test_an_order_that_is_not_there_is_said_so(shared_account: Account, cli: Cli) -> None:
    Path("none.yaml").write_text("version: 1\naccount: '9900778'\n")
    ran = cli("release", "none.yaml", "--order", "no-such-order", "--yes")
    assert ran.code == 1
    assert "no-such-order" in ran.err
