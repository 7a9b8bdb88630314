from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.errors import Origin, Severity
from provisioner.messaging.callback_urls import is_in_the_clear, unreachable
from provisioner.messaging.foresight import expected_trouble
from provisioner.resources import resource_types
from provisioner.spec import load_spec


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.acme.io/callbacks",
        "http://hooks.acme.io:8080/",
        "https://8.8.8.8/x",
        "https://[2001:4860:4860::8888]/x",
        "https://hooks.acme.io:80",
        "https://notexample.com/",
    ],
)
def test_a_url_that_the_service_can_reach_is_no_trouble(url: str) -> None:
    assert unreachable(url, from_here=False) == ""


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://example.com/x", "example.com is a placeholder"),
        ("https://yourSecureSite.com/callbacks", "yoursecuresite.com is a placeholder"),
        ("https://hooks.example.org/x", "hooks.example.org is a placeholder"),
        ("https://google.com", "is a placeholder"),
        ("https://dev.bandwidth.com/x", "is a placeholder"),
        ("https://localhost/x", "localhost is not a public host"),
        ("https://hooks.local./x", "is not a public host"),
        ("https://intranet/x", "is not a public host"),
        ("https://10.0.0.1/x", "is not a public host"),
        ("https://127.0.0.1/x", "is not a public host"),
        ("https://[::1]/x", "is not a public host"),
        ("https://hooks.acme.io:8/x", "Port 8 of hooks.acme.io"),
        ("ftp://hooks.acme.io/x", "is not an http or https URL"),
        ("https:///x", "is not an http or https URL"),
        ("https://hooks.acme.io:99999/x", "is not a URL"),
        ("https://[::1/x", "is not a URL"),
    ],
)
def test_a_url_that_the_service_cannot_reach_is_told(url: str, reason: str) -> None:
    assert reason in unreachable(url, from_here=False)


def test_a_sandbox_reaches_this_machine() -> None:
    assert unreachable("http://127.0.0.1:8/x", from_here=True) == ""
    assert unreachable("http://10.0.0.1/x", from_here=True) != ""


def test_plain_http_can_be_read_on_the_way_but_for_this_machine() -> None:
    urls = ["http://a.io/", "HTTP://a.io/", "https://a.io/", "http://localhost/"]
    assert [is_in_the_clear(url) for url in urls] == [True, True, False, False]


def test_what_the_spec_alone_tells_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        """
version: 1
account: "1"
applications:
  Good: {callback_url: https://hooks.acme.io/x}
  Placeholder: {callback_url: https://example.com/x}
sites:
  Raleigh:
    description: x
    sippeers:
      East:
        {default: true, sms: true, application: Good, numbers: [{area_code: "910", quantity: 1}]}
      West: {sms: true, numbers: [{area_code: "910", quantity: 1}]}
      Empty: {}
"""
    )
    desired = load_spec([path], {}, resource_types())
    first, second = expected_trouble(desired, from_here=False)
    assert {first.severity, second.severity} == {Severity.WARNING}
    assert (first.code, second.code) == ("callback-unreachable", "no-application")
    assert first.origin == Origin(str(path), 6, 17 + len("{callback_url: ") - 1)
    assert "example.com is a placeholder" in first.detail
    assert "sippeer Raleigh/West has numbers" in second.detail


def test_each_direction_is_told_of_by_itself(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "version: 1\naccount: '1'\napplications:\n  Alerts:\n    messaging:\n"
        "      inbound: {callback_url: https://hooks.acme.io/in}\n"
        "      outbound: {callback_url: https://example.com/out}\n"
    )
    (problem,) = expected_trouble(load_spec([spec], {}, resource_types()), from_here=False)
    assert problem.origin is not None
    assert problem.origin.line == 7
    assert "example.com is a placeholder" in problem.detail
