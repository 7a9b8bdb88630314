"""Links between the pages of a list."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.markup import element


def link(relation: str, url: str, query: Mapping[str, str]) -> Element:
    """`Link=<url>;rel="next";`, the form that all paged lists share (vendor SDK fixture)."""
    return element(relation, f'Link=<{url}?{urlencode(query)}>;rel="{relation}";')
