"""What a refusal is about, found by its words in the body that was refused."""

from __future__ import annotations

import pytest

from provisioner.sandbox.web.blame import find_named

ORDER = (
    "<Order><Kind><AreaCode>910</AreaCode><Quantity>many</Quantity></Kind>"
    "<SiteId>1</SiteId><PeerId>2</PeerId></Order>"
)
RELEASE = "<Numbers><TelephoneNumber>1</TelephoneNumber><Name/></Numbers>"


@pytest.mark.parametrize(
    ("body", "words", "named"),
    [
        (ORDER, "The quantity must be a number from 1 to 5000", ["Quantity"]),
        (ORDER, "Both AreaCode and Quantity are required; missing: AreaCode", ["AreaCode"]),
        (ORDER, "There is no such sippeer on the site", ["PeerId"]),
        (ORDER, "There is no such site", ["SiteId"]),
        (ORDER, "'many' is no quantity", []),
        (ORDER, "PeerName is required, and the quantity is not told", ["Quantity"]),
        (ORDER, "PeerName is required", []),
        (ORDER, "It cannot be done", []),
        (RELEASE, "The telephone number is not valid", ["TelephoneNumber"]),
        (RELEASE, "The name is required", ["Name"]),
        ("<SipPeerId>1</SipPeerId>", "There is no such sippeer", ["SipPeerId"]),
        (
            '{"applicationId": "1", "from": "2"}',
            "the application id is not known",
            ["applicationId"],
        ),
        ("nothing that can be read", "The name is required", []),
        ("", "", []),
    ],
)
def test_words_name_what_they_are_about(body: str, words: str, named: list[str]) -> None:
    assert find_named(body, words) == named
