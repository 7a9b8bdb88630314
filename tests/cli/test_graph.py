"""`provisioner graph`: offline, from the files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Declare


def test_the_graph_is_drawn_without_an_account(cli: Cli, declare: Declare) -> None:
    declare()
    mermaid, dot = cli("graph"), cli("graph", "--format", "dot")
    assert (mermaid.code, mermaid.err) == (0, "")
    assert mermaid.out.startswith('flowchart LR\n  n1["Production Server<br>application"]\n')
    assert dot.out.startswith("digraph {\n")


def test_what_is_wrong_with_the_spec_is_told_instead(cli: Cli, declare: Declare) -> None:
    declare(lambda spec: spec.update(sitess={}))
    refused = cli("graph")
    assert (refused.code, refused.out) == (1, "")
    assert "did you mean `sites`?" in refused.err
