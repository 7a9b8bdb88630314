"""Destroy takes away what is declared, all of it and nothing else, after it was agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.sandbox.failures.faults import Fault
from tests.cli.conftest import LOCATION, lead_to

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, OpenAccount, OpenTerminal

QUESTION = "To go on, type the account id (9900778)"
COUNT = "1 number will be gone for good. Type how many (1)"
YES = ("--confirm", "9900778")
RENAMED = (
    "<Site><Name>Production</Name><Address><HouseNumber>1600</HouseNumber>"
    "<StreetName>PENNSYLVANIA</StreetName><City>WASHINGTON</City><StateCode>DC</StateCode>"
    "<Zip>20006</Zip><AddressType>Service</AddressType></Address></Site>"
)


@pytest.fixture(autouse=True)
def wide_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def full(account: Account, cli: Cli, declare: Declare) -> Account:
    declare()
    assert cli("apply", "--yes").code == 0
    account.log.clear()
    return account


def deletes(account: Account) -> list[str]:
    below = "/api/accounts/9900778"
    return [
        f"{entry.method} {entry.target.removeprefix(below)}"
        for entry in account.writes
        if entry.target != "/api/tns"
    ]


def is_empty(account: Account) -> bool:
    return account.texts("/sites", "Id") == [] and account.texts("/applications", "AppName") == []


def test_numbers_are_in_the_way_and_named(full: Account, cli: Cli) -> None:
    ran = cli("destroy", *YES)
    assert ran.code == 1
    assert "provisioner.yaml:" in ran.err
    assert f"sippeer Raleigh/{LOCATION} cannot be deleted while it has 1 number: +1910" in ran.err
    assert "Add --release-numbers" in ran.err
    assert deletes(full) == []


def test_everything_goes_in_the_order_that_the_account_wants(full: Account, cli: Cli) -> None:
    site, sippeer, messaging = full.site, full.sippeer, full.messaging
    application = full.application
    ran = cli("destroy", *YES, "--release-numbers", "--confirm-numbers", "1")
    assert ran.code == 0
    assert is_empty(full)
    assert "Applied: 0 created, 0 changed, 6 deleted, 0 numbers ordered, 1 number released in" in (
        ran.out
    )
    assert "provisioner show" not in ran.out, "there is nothing left to show"
    sent = deletes(full)
    assert sent[:2] == ["POST /disconnects", f"PUT {messaging}/applicationSettings"]
    rest = [each for each in sent[2:] if each != f"DELETE {application}"]
    assert rest == [
        f"DELETE {messaging}/features/mms",
        f"DELETE {messaging}/features/sms",
        f"DELETE {sippeer}",
        f"DELETE {site}",
    ]
    again = cli("destroy", *YES)
    assert (again.code, again.out.splitlines()[-1]) == (
        0,
        "No changes. There is nothing to do.",
    )


def test_the_account_id_and_the_count_have_to_be_typed(
    full: Account, terminal: OpenTerminal
) -> None:
    for answers in (["y"], ["9900778", "y"], ["9900778", "2"]):
        asked = terminal("destroy", "--release-numbers")
        for question, answer in zip((QUESTION, COUNT), answers, strict=False):
            asked.wait_for(question)
            asked.type(f"{answer}\n")
        assert asked.finish() == 1
        assert "Nothing was sent." in asked.shown
    assert deletes(full) == []
    asked = terminal("destroy", "--release-numbers")
    for question, answer in ((QUESTION, "9900778"), (COUNT, "1")):
        asked.wait_for(question)
        asked.type(f"{answer}\n")
    assert asked.finish() == 0
    assert is_empty(full)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            (),
            "Name the account with --confirm ACCOUNT, and with --confirm-numbers 1 how many go.",
        ),
        (
            ("--confirm", "9900779", "--confirm-numbers", "1"),
            "--confirm names account 9900779, and the spec is of 9900778",
        ),
        (("--confirm", "9900778"), "--confirm and --confirm-numbers COUNT go together"),
        (("--confirm-numbers", "1"), "--confirm and --confirm-numbers COUNT go together"),
        (
            ("--confirm", "9900778", "--confirm-numbers", "0"),
            "1 number would be released, and --confirm-numbers says 0.",
        ),
    ],
)
def test_a_script_has_to_name_the_account_and_the_count(
    full: Account, cli: Cli, arguments: tuple[str, ...], told: str
) -> None:
    ran = cli("destroy", "--release-numbers", *arguments)
    assert ran.code == 1
    assert told in ran.everything
    assert deletes(full) == []


def test_what_is_not_declared_stays(full: Account, cli: Cli) -> None:
    """Another site, with an application of its own."""
    other = Path("other.yaml")
    other.write_text(
        "version: 1\naccount: '9900778'\n"
        "applications: {Other: {callback_url: 'https://example.com'}}\n"
        "sites: {Cary: {address: {house_number: '1', street_name: MAIN, city: CARY, "
        "state_code: NC, zip: '27511'}, sippeers: {West: {sms: true, application: Other}}}}\n"
    )
    assert cli("apply", "other.yaml", "--yes").code == 0
    ran = cli("destroy", *YES, "--release-numbers", "--confirm-numbers", "1")
    assert ran.code == 0
    assert full.texts("/sites", "Name") == ["Cary"]
    assert full.texts("/applications", "AppName") == ["Other"]
    assert cli("plan", "other.yaml", "--detailed-exitcode").code == 0


def test_what_was_put_to_another_use_while_it_asked_is_asked_about_again(
    full: Account, terminal: OpenTerminal
) -> None:
    """The same things would go, and they are not what was agreed to."""
    created = full.call(
        "POST",
        "/applications",
        "<Application><ServiceType>Messaging-V2</ServiceType><AppName>Other</AppName>"
        "<CallbackUrl>https://other.example</CallbackUrl></Application>",
    )
    assert created is not None
    other = created.findtext(".//ApplicationId")
    settings = f"<HttpMessagingV2AppId>{other}</HttpMessagingV2AppId>"
    asked = terminal("destroy", "--release-numbers")
    asked.wait_for(QUESTION)
    full.call(
        "PUT",
        f"{full.messaging}/applicationSettings",
        f"<ApplicationsSettings>{settings}</ApplicationsSettings>",
    )
    full.log.clear()
    asked.type("9900778\n")
    asked.wait_for(COUNT)
    asked.type("1\n")
    asked.wait_for("The account was changed meanwhile. This is the plan now:")
    asked.wait_for("unassign application Other")
    asked.type("n\n")
    assert asked.finish() == 1
    assert deletes(full) == []


def test_numbers_that_the_spec_does_not_ask_for_are_told(full: Account, cli: Cli) -> None:
    quietly = cli("destroy", "--release-numbers")
    assert "More numbers than" not in quietly.out
    _, _, site, _, peer = full.sippeer.split("/")
    full.call(
        "POST",
        "/orders",
        "<Order><AreaCodeSearchAndOrderType><AreaCode>910</AreaCode><Quantity>2</Quantity>"
        f"</AreaCodeSearchAndOrderType><SiteId>{site}</SiteId><PeerId>{peer}</PeerId></Order>",
    )
    ran = cli("destroy", "--release-numbers")
    assert "warning: More numbers than the spec asks for [more-than-declared]" in ran.out
    assert "has 3, and the spec asks for 1 of them. All would be released." in ran.out
    with Path("provisioner.yaml").open("a") as spec:
        spec.write("lint: {more-than-declared: error}\n")
    refused = cli("destroy", *YES, "--release-numbers", "--confirm-numbers", "3")
    assert refused.code == 1
    assert full.texts("/sites", "Name") == ["Raleigh"]


def test_what_goes_is_known_by_its_live_name_too(full: Account, cli: Cli) -> None:
    full.call("PUT", full.site, RENAMED)
    site = full.site.rpartition("/")[2]
    Path("provisioner.yaml").write_text(
        "version: 1\naccount: '9900778'\n"
        f"sites: {{Old test: {{id: '{site}', sippeers: {{{LOCATION}: {{}}}}}}}}\n"
    )
    ran = cli("destroy", "--release-numbers")
    assert ran.code == 1
    assert "- delete site Old test" in ran.out
    assert "# its name in the account is 'Production'" in ran.out


def test_a_stranger_on_a_site_is_in_the_way(full: Account, cli: Cli) -> None:
    full.call("POST", f"{full.site}/sippeers", "<SipPeer><PeerName>Mine</PeerName></SipPeer>")
    full.log.clear()
    ran = cli("destroy", *YES, "--release-numbers", "--confirm-numbers", "1")
    assert ran.code == 1
    assert "sippeer Raleigh/Mine (id " in ran.err
    assert "(error 12031). Declare it as well: `Mine: {}`." in ran.err
    assert deletes(full) == []


def test_an_application_that_others_use_is_in_the_way(full: Account, cli: Cli) -> None:
    Path("other.yaml").write_text(
        "version: 1\naccount: '9900778'\n"
        "applications: {Production Server: {}}\n"
        "sites: {Cary: {address: {house_number: '1', street_name: MAIN, city: CARY, "
        "state_code: NC, zip: '27511'}, sippeers: {West: {sms: true, "
        "application: Production Server}}}}\n"
    )
    assert cli("apply", "other.yaml", "--yes").code == 0
    full.log.clear()
    ran = cli("destroy", *YES, "--release-numbers", "--confirm-numbers", "1")
    assert ran.code == 1
    assert (
        "application Production Server cannot be deleted while Cary/West uses it (error 12107)"
        in (ran.err)
    )
    assert deletes(full) == []


def test_what_the_account_refuses_is_explained(full: Account, cli: Cli) -> None:
    refusal = (
        b"<SipPeerResponse><ResponseStatus><ErrorCode>13652</ErrorCode><Description>HTTP voice"
        b"</Description></ResponseStatus></SipPeerResponse>"
    )
    fault = Fault(
        "status-before", method="DELETE", path=r"/sippeers/\d+$", status=400, body=refusal
    )
    full.faults.add(fault)
    ran = cli("destroy", *YES, "--release-numbers", "--confirm-numbers", "1")
    assert ran.code == 3
    assert "error 13652: HTTP voice. Voice over HTTP is set up on it: take that away at the" in (
        ran.out
    )
    assert f"because sippeer Raleigh/{LOCATION} failed:" in ran.out
    again = cli("destroy", *YES)
    assert again.code == 0
    assert is_empty(full)


def test_a_location_whose_numbers_are_still_counted_is_asked_again(full: Account, cli: Cli) -> None:
    refusal = (
        b"<SipPeerResponse><ResponseStatus><ErrorCode>13555</ErrorCode><Description>The sippeer "
        b"still has telephone numbers</Description></ResponseStatus></SipPeerResponse>"
    )
    full.faults.add(
        Fault(
            "status-before",
            method="DELETE",
            path=r"/sippeers/\d+$",
            nth=None,
            last=2,
            status=400,
            body=refusal,
        )
    )
    ran = cli("destroy", *YES, "--release-numbers", "--confirm-numbers", "1")
    assert ran.code == 0
    assert is_empty(full)


def test_without_rows_nothing_is_destroyed(full: Account, cli: Cli) -> None:
    """What a template stood for before is not declared now, and would be left behind unseen."""
    with Path("provisioner.yaml").open("a") as spec:
        spec.write("  ${each.value}: {for_each: []}\n")
    ran = cli("destroy", *YES, "--release-numbers", "--confirm-numbers", "1")
    assert ran.code == 1
    assert "This `for_each` has no rows" in ran.err
    assert deletes(full) == []


def test_a_back_order_is_closed_with_the_numbers(
    open_account: OpenAccount, cli: Cli, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = open_account(stock_by_area_code={"910": 1})
    lead_to(account, monkeypatch)

    def change(spec: dict[str, Any]) -> None:
        block = {"area_code": "910", "quantity": 3, "back_order": True}
        spec["sites"]["Raleigh"]["sippeers"][LOCATION]["numbers"] = [block]

    declare(change)
    assert cli("apply", "--yes").code == 3
    ran = cli("destroy", *YES)
    assert ran.code == 1
    assert "(error 13681). Add --release-numbers to close it." in ran.err
    ran = cli("destroy", *YES, "--release-numbers", "--confirm-numbers", "1", "--json")
    assert ran.code == 0
    assert ran.lines[1]["summary"]["orders_to_close"] == 1
    assert is_empty(account)
