"""What is provisioned: one application and one site with so many sippeers, all alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

APPLICATION = "Benchmark"
CALLBACK_URL = "https://example.com/callbacks"
CALLBACK_USER = "benchmark-user"
CALLBACK_PASSWORD = "benchmark-password"  # noqa: S105 -- made up, for an account that is not real
SITE = "Raleigh"
AREA_CODE = "910"

_HEAD = f"""\
version: 1
limits: {{new_numbers: %d}}
applications:
  {APPLICATION}:
    callback_url: {CALLBACK_URL}
    callback_credentials: {{user_id: {CALLBACK_USER}, password: "${{CALLBACK_PASSWORD}}"}}
sites:
  {SITE}:
    address: {{house_number: "1600", street_name: PENNSYLVANIA, city: WASHINGTON, state_code: DC,
              zip: "20006", country: US, address_type: Service}}
    sippeers:
"""
_SIPPEER = f"""\
      %s:
        default: %s
        sms: true
        mms: true
        application: {APPLICATION}
        numbers:
          - {{area_code: "{AREA_CODE}", quantity: %d}}
"""
_TEMPLATE = f"""\
      ${{each.name}}:
        for_each: %d.csv
        where: {{site: {SITE}}}
        default: ${{each.default}}
        sms: true
        mms: true
        application: {APPLICATION}
        numbers:
          - {{area_code: "${{each.area_code}}", quantity: "${{each.quantity}}"}}
"""


@dataclass(frozen=True, slots=True)
class Spec:
    """The spec file, and the names in it for those who do not read spec files."""

    path: Path
    sippeers: tuple[str, ...]


def write_spec(folder: Path, size: int, quantity: int = 1) -> Spec:
    """The first of the `size` sippeers is the site's default one."""
    sippeers = tuple(f"Location {n}" for n in range(1, size + 1))
    blocks = (_SIPPEER % (name, str(name == sippeers[0]).lower(), quantity) for name in sippeers)
    path = folder / f"{size}.yaml"
    path.write_text(_HEAD % size + "".join(blocks), encoding="utf-8")
    return Spec(path, sippeers)


def write_template(folder: Path, size: int) -> Path:
    """The same from a CSV file with a row for each sippeer."""
    rows = (f"Location {n},{SITE},{AREA_CODE},1,{str(n == 1).lower()}" for n in range(1, size + 1))
    table = "\n".join(["name,site,area_code,quantity,default", *rows])
    (folder / f"{size}.csv").write_text(table, encoding="utf-8")
    path = folder / f"{size}-template.yaml"
    path.write_text(_HEAD % size + _TEMPLATE % size, encoding="utf-8")
    return path
