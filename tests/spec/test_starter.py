"""The spec to begin with is a right one, whatever it was told."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.model import Address, DesiredState
from provisioner.spec.starter import Start, starter_spec
from provisioner.spec.values import UNWANTED

Load = Callable[..., DesiredState]

TEXTS = st.text(min_size=1, max_size=50).filter(
    lambda text: text.strip() and "${" not in text and not UNWANTED.search(text)
)


def test_the_example_buys_nothing_and_waits_for_a_url(load: Load) -> None:
    state = load(starter_spec(Start()))
    assert state.account == ""
    assert [each.type for each in state.resources] == [
        *("application", "site", "sippeer", "sms", "mms", "messaging_application")
    ]
    assert [each.code for each in state.warnings] == ["placeholder-url"]
    assert state.limits.new_numbers == 10


def test_what_was_asked_for_is_declared(load: Load) -> None:
    start = Start(
        account="0099",
        callback_url="https://messages.acme.io/in?a=b&c",
        user_id="callback-user",
        area_code="910",
        quantity=25,
    )
    state = load(starter_spec(start), CALLBACK_PASSWORD="long enough")
    application = state.resources[Address("application", ("Production Server",))]
    assert state.account == "0099"
    assert application.attributes["callback_url"] == start.callback_url
    assert application.attributes["callback_credentials.user_id"] == "callback-user"
    (block,) = [each for each in state.resources.values() if each.address.type == "numbers"]
    assert (block.attributes["area_code"], block.attributes["quantity"]) == ("910", 25)
    assert state.limits.new_numbers == 25
    assert state.warnings == ()


@pytest.mark.parametrize(
    "name", ["true", "null", "~", "- a", "a: b", "a #b", "1", "é", '"', "{a}", "a\u2028b"]
)
def test_a_name_stays_what_it_is(name: str, load: Load) -> None:
    assert Address("site", (name,)) in load(starter_spec(Start(site=name))).resources


@given(TEXTS, TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_stays_what_it_is(load: Load, site: str, application: str) -> None:
    state = load(starter_spec(Start(site=site, application=application)))
    assert Address("site", (site,)) in state.resources
    assert Address("application", (application,)) in state.resources
    link = state.resources[Address("messaging_application", (site, "Messaging"))]
    assert link.attributes["application"] == Address("application", (application,))
