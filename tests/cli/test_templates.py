"""A spec with templates of its own: the dialect of 2018, and whatever else may be in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import CALLBACK_PASSWORD, ROOT

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, OpenAccount

EXAMPLE = ROOT / "examples/beta-2018"
SMS = (ROOT / "provisioner/resources/sms.xml.j2").read_text()
PROXY = "539692"
ORDER = """<Order>
  <CustomerOrderId>{{ resource.customer_order_id }}</CustomerOrderId>
  <AreaCodeSearchAndOrderType>
    <AreaCode>{{ resource.search.AreaCode }}</AreaCode><Quantity>{{ resource.quantity }}</Quantity>
  </AreaCodeSearchAndOrderType>
  <SiteId>{{ ids.site }}</SiteId><PeerId>{{ ids.sippeer }}</PeerId>
</Order>
"""


@pytest.fixture
def beta(open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch) -> Account:
    opened = open_account(dialect="beta")
    for name, value in opened.environ.items():
        monkeypatch.setenv(name, value)
    return opened


def templated(declare: Declare, **templates: str) -> Path:
    """The spec of these tests, with these templates beside it."""
    folder = declare(lambda spec: spec.update(templates="templates")).with_name("templates")
    folder.mkdir()
    for name, text in templates.items():
        (folder / f"{name}.xml.j2").write_text(text)
    return folder


def test_the_example_of_2018_applies_in_the_dialect_of_2018(cli: Cli, beta: Account) -> None:
    applied = cli("apply", str(EXAMPLE), "--yes")
    assert applied.code == 0, applied.everything
    assert beta.text(f"{beta.messaging}/features/sms", "ProxyPeerId") == PROXY
    assert beta.text(f"{beta.messaging}/features/mms", "proxyPeerId") == PROXY
    assert len(beta.texts(f"{beta.sippeer}/tns", "FullNumber")) == 1
    again = cli("plan", str(EXAMPLE), "--detailed-exitcode")
    assert again.code == 0, again.everything
    assert "No changes." in again.out


def test_what_is_on_is_changed_in_that_dialect_too(cli: Cli, beta: Account, tmp_path: Path) -> None:
    assert cli("apply", str(EXAMPLE), "--yes").code == 0
    spec = (EXAMPLE / "provisioner.yaml").read_text().replace("toll_free: true", "toll_free: false")
    (tmp_path / "provisioner.yaml").write_text(spec)
    (tmp_path / "templates").symlink_to(EXAMPLE / "templates")
    changed = cli("apply", "--yes")
    assert changed.code == 0, changed.everything
    feature = f"{beta.messaging}/features/sms"
    assert (beta.text(feature, "TollFree"), beta.text(feature, "ProxyPeerId")) == ("false", PROXY)


@pytest.mark.usefixtures("beta")
def test_without_the_templates_that_account_refuses_sms(cli: Cli, declare: Declare) -> None:
    declare()
    refused = cli("apply", "--yes")
    assert refused.code == 3
    assert "ProxyPeerId" in refused.out


@pytest.mark.usefixtures("shared_account")
def test_another_template_is_another_plan(cli: Cli, declare: Declare) -> None:
    folder = templated(declare, sms=SMS)
    digests = []
    for text in (SMS, f"{SMS}\n", SMS):
        (folder / "sms.xml.j2").write_text(text)
        digests.append(cli("plan", "--json").lines[-1]["digest"])
    assert digests[0] == digests[2] != digests[1]


BROKEN = {
    "syntax": ("<SipPeerSmsFeature>\n{% if %}", "sms.xml.j2:2:1", "Jinja says: Expected an"),
    "filter": ("{{ resource.toll_free | shout }}", "sms.xml.j2:1:1", "No filter named 'shout'"),
    "name": ("<A>\n{{ resource.tollfree }}</A>", "sms.xml.j2:2:1", "no attribute 'tollfree'"),
    "fault": ("<A>{{ 1 / 0 }}</A>", "sms.xml.j2:1:1", "It ends with a ZeroDivisionError"),
    "sandbox": ("{{ ''.__class__.mro() }}", "sms.xml.j2:1:1", "ends with a SecurityError"),
    "xml": ("<A>{{ resource.toll_free }}<A>", "sms.xml.j2:1:1", "not well-formed XML"),
}


@pytest.mark.parametrize(("text", "place", "says"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_a_template_is_told_offline(
    text: str, place: str, says: str, cli: Cli, declare: Declare
) -> None:
    templated(declare, sms=text)
    refused = cli("validate")
    assert (refused.code, refused.out) == (1, "")
    assert f"{place}: error: Template that cannot be filled in [bad-template]" in refused.err
    assert says in " ".join(refused.err.split())
    assert refused.err.count("bad-template") == 1


UNFINDABLE = {
    "application": ("<Application/>", "AppName"),
    "sippeer": ("<SipPeer><PeerName>another</PeerName></SipPeer>", "PeerName"),
    "numbers": (ORDER.replace("resource.customer_order_id", "'mine'"), "CustomerOrderId"),
}


@pytest.mark.parametrize(("name", "case"), UNFINDABLE.items(), ids=UNFINDABLE)
def test_a_template_that_loses_what_things_are_found_again_by_is_refused(
    name: str, case: tuple[str, str], cli: Cli, declare: Declare
) -> None:
    text, element = case
    templated(declare, **{name: text})
    refused = cli("validate")
    assert refused.code == 1
    assert f"does not carry <{element}>" in " ".join(refused.err.split())


def test_an_order_of_one_s_own_is_placed_and_found_again(
    cli: Cli, declare: Declare, account: Account
) -> None:
    templated(declare, numbers=ORDER)
    assert cli("apply", "--yes").code == 0
    assert len(account.texts(f"{account.sippeer}/tns", "FullNumber")) == 1
    assert cli("plan", "--detailed-exitcode").code == 0


ASSIGNMENT = "<ApplicationsSettings>%s</ApplicationsSettings>"


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ("{{ resource.application if resource else 'REMOVE' }}", 0),
        ("{{ resource.application }}", 1),
    ],
)
def test_a_template_that_cannot_switch_off_is_told_where_something_is_to_be(
    inner: str, code: int, cli: Cli, declare: Declare
) -> None:
    templated(declare, messaging_application=ASSIGNMENT % inner)
    assert cli("validate").code == 0
    off = {"P": {"sms": False}}
    declare(lambda spec: spec.update(templates="templates", sites={"R": {"sippeers": off}}))
    assert cli("validate").code == code


CREDENTIALS = """<Application>
  <ServiceType>Messaging-V2</ServiceType>
  <AppName>{{ resource.name }}</AppName>
  <CallbackUrl>{{ resource.callback_url }}</CallbackUrl>
  <CallbackCreds>
    <UserId>{{ resource.callback_credentials.user_id }}</UserId>
    <Password>{{ resource.callback_credentials.password | %s }}</Password>
  </CallbackCreds>
</Application>
"""


def test_a_secret_goes_where_the_template_puts_it_and_nowhere_else(
    cli: Cli, declare: Declare, account: Account
) -> None:
    folder = templated(declare, application=CREDENTIALS % "upper")
    applied = cli("apply", "--yes", "-vv")
    assert applied.code == 0
    (sent,) = [each.request for each in account.writes if b"<Password>" in each.request]
    assert f"<Password>{CALLBACK_PASSWORD.upper()}</Password>".encode() in sent
    shown = applied.everything
    for revealing in (
        "string ~ ({}[resource.callback_credentials.password])",
        "nosuch",
        "upper / 2",
    ):
        (folder / "application.xml.j2").write_text(CREDENTIALS % revealing)
        refused = cli("validate")
        assert "bad-template" in refused.err
        shown += refused.everything
    assert CALLBACK_PASSWORD not in shown.lower()


def test_templates_of_no_type_and_folders_without_any_are_refused(
    cli: Cli, declare: Declare
) -> None:
    folder = templated(declare, smss=SMS)
    refused = cli("validate")
    assert "Did you mean `sms.xml.j2`?" in refused.err
    (folder / "smss.xml.j2").rename(folder / "README.md")
    assert "has no templates" in " ".join(cli("validate").err.split())
    (folder / "README.md").unlink()
    folder.rmdir()
    assert "cannot be read" in " ".join(cli("validate").err.split())


SITE = """<Site>
  <Name>{{ resource.name }}</Name>
  <Description>{{ resource.description }}{{ live.customername if live }}</Description>
</Site>
"""


def test_a_live_item_is_looked_into_without_regard_to_case(
    cli: Cli, declare: Declare, account: Account
) -> None:
    def described(**more: str) -> None:
        declare(lambda spec: spec.update(more) or spec["sites"]["Raleigh"].update(body))

    body = {"description": "Of ", "customer_name": "Acme"}
    described()
    assert cli("apply", "--yes").code == 0
    body["description"] = "Now of "
    Path("templates").mkdir()
    Path("templates/site.xml.j2").write_text(SITE)
    described(templates="templates")
    assert cli("apply", "--yes").code == 0
    assert account.text(account.site, "Description") == "Now of Acme"
