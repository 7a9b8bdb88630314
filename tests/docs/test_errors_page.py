"""The page about refusals has the table that the program goes by."""

import re
from pathlib import Path

from provisioner.account.codes import ADVICE

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")


def test_the_page_has_every_code_with_its_advice() -> None:
    assert re.findall(r"^\| (\d+) \| (.+) \|$", PAGE, re.MULTILINE) == [*ADVICE.items()]
