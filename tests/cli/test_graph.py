"""`provisioner graph`: offline, from the files alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Declare

AtLocation = Callable[[Mapping[str, Any]], Callable[[dict[str, Any]], None]]


def test_the_graph_is_drawn_without_an_account(cli: Cli, declare: Declare) -> None:
    declare()
    mermaid, dot = cli("graph"), cli("graph", "--format", "dot")
    assert (mermaid.code, mermaid.err) == (0, "")
    assert mermaid.out.startswith('flowchart LR\n  n1["Production Server<br>application"]\n')
    assert dot.out.startswith("digraph {\n")


def test_a_location_has_one_count_of_numbers_and_the_campaigns_of_its_blocks(
    cli: Cli, declare: Declare, at_location: AtLocation
) -> None:
    blocks = [
        {"area_code": "910", "quantity": 2},
        {"area_code": "919", "quantity": 3, "campaign": "C2XY3ZW"},
    ]
    declare(at_location({"campaign": "C1AB2CD", "numbers": blocks}))
    assert "5 numbers, campaign C1AB2CD, campaign C2XY3ZW" in cli("graph").out


def test_what_is_wrong_with_the_spec_is_told_instead(cli: Cli, declare: Declare) -> None:
    declare(lambda spec: spec.update(sitess={}))
    refused = cli("graph")
    assert (refused.code, refused.out) == (1, "")
    assert "did you mean `sites`?" in refused.err
