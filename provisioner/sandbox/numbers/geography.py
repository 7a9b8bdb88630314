"""Where area codes are: enough of the country to search in, and no more than a screenful.

The table is deliberately small. Names, LATAs and ZIP codes are public facts; which exchange serves
which place is made up (`exchanges`). An area code that is not in it is out of stock until it is
given some, and its one place is made up, too: AREA CODE 250 in the state XX, in a LATA of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Area codes, state, LATA, then places: CITY:RATECENTER=zips, the rate center only where its
# abbreviation differs. An underscore stands for a space.
_TABLE = """
201 NJ 224 JERSEY_CITY:JERSEYCITY=07302,07306 HACKENSACK=07601 UNION_CITY=07087
202 DC 236 WASHINGTON:WSHNGTNZN1=20001,20005,20006
203 CT 920 STAMFORD=06901 NEW_HAVEN=06510 DANBURY=06810
205 AL 476 BIRMINGHAM=35203 TUSCALOOSA=35401
206 WA 674 SEATTLE=98101,98104
210 TX 566 SAN_ANTONIO=78205
212,646,917 NY 132 NEW_YORK:NWYRCYZN01=10001,10007,10018
213,323 CA 730 LOS_ANGELES:LSAN_DA_01=90012,90017
214,469,972 TX 552 DALLAS=75201,75202 GRAND_PRAIRIE:GRANDPRARI=75050
215,267 PA 228 PHILADELPHIA:PHLDLZN_1=19103,19104 LANSDALE=19446
216 OH 320 CLEVELAND=44113,44114
217 IL 374 SPRINGFIELD:SPRINGFLD=62701
252 NC 951 GREENVILLE=27834 ROCKY_MOUNT=27801 NEW_BERN=28560
303,720 CO 656 DENVER=80202,80203 BOULDER=80301 LONGMONT=80501
305,786 FL 460 MIAMI=33130,33131 HOMESTEAD=33030
312,773 IL 358 CHICAGO:CHICAGZN01=60601,60606
313 MI 340 DETROIT:DETROITZN1=48226
314 MO 520 ST_LOUIS:SAINTLOUIS=63101
317 IN 336 INDIANAPOLIS:INDIANAPLS=46204 CARMEL=46032
336 NC 424 GREENSBORO=27401 WINSTON_SALEM:WINSTONSAL=27101 HIGH_POINT=27260
404,678,770 GA 438 ATLANTA=30303,30309 MARIETTA=30060
407 FL 458 ORLANDO=32801 KISSIMMEE=34741
410 MD 238 BALTIMORE=21201,21202 ANNAPOLIS=21401
412 PA 234 PITTSBURGH:PITTSBGZN1=15219
415 CA 722 SAN_FRANCISCO:SNFC_CNTRL=94103,94105 SAN_RAFAEL=94901
435 UT 660 ST_GEORGE:SAINTGEORG=84770 LOGAN=84321 PARK_CITY=84060
503,971 OR 672 PORTLAND=97201,97204 SALEM=97301
504 LA 490 NEW_ORLEANS:NEWORLEANS=70112
512 TX 558 AUSTIN=78701,78704 ROUND_ROCK=78664
518 NY 134 ALBANY=12207 SCHENECTADY:SCHENECTDY=12305
602 AZ 666 PHOENIX=85003,85004
603 NH 122 CONCORD=03301 DOVER=03820 MANCHESTER=03101
612 MN 628 MINNEAPOLIS:TWINCITIES=55401,55402
614 OH 324 COLUMBUS=43215
615 TN 470 NASHVILLE=37201,37203 FRANKLIN=37064
617,857 MA 128 BOSTON=02108,02110 CAMBRIDGE=02139 QUINCY=02169
619 CA 732 SAN_DIEGO=92101
650 CA 722 PALO_ALTO=94301 SAN_MATEO=94401
702 NV 721 LAS_VEGAS=89101
703,571 VA 236 ALEXANDRIA:WASHINGTZ8=22314 ARLINGTON:WASHINGTZ7=22201
704,980 NC 422 CHARLOTTE=28202,28203 CONCORD=28025 GASTONIA=28052
713,281,832 TX 560 HOUSTON=77002,77003
716 NY 140 BUFFALO=14202 NIAGARA_FALLS:NIAGARAFLS=14301
757 VA 252 NORFOLK:NRFOLKZON1=23510 HAMPTON=23669
801,385 UT 660 SALT_LAKE_CITY:SALTLAKECY=84101 PROVO=84601
804 VA 248 RICHMOND=23219,23220 GLOUCESTER=23061 LADYSMITH=22501
813 FL 952 TAMPA=33602
816 MO 524 KANSAS_CITY:KANSASCITY=64106
828 NC 420 ASHEVILLE=28801 HICKORY=28601
843 SC 436 CHARLESTON=29401 MYRTLE_BEACH:MYRTLEBEAC=29577
901 TN 468 MEMPHIS=38103
910 NC 949 WILMINGTON=28401,28403 FAYETTEVILLE:FAYETTEVL=28301 JACKSONVILLE:JACKSONVL=28540
916 CA 726 SACRAMENTO:SCRM_MAIN=95814
919,984 NC 426 RALEIGH=27601,27606 CARY=27511 DURHAM=27701 CHAPEL_HILL:CHAPELHILL=27514
954 FL 460 FORT_LAUDERDALE:FTLAUDERDL=33301 HOLLYWOOD=33020
973 NJ 224 NEWARK=07102 PATERSON=07501
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A city and the rate center that serves it: one of each other here."""

    city: str
    state: str
    rate_center: str
    lata: str
    zips: tuple[str, ...]

    @property
    def key(self) -> str:
        """Unique: no state has two rate centers of one name."""
        return f"{self.state}/{self.rate_center}"


def _places(state: str, lata: str, said: list[str]) -> tuple[Place, ...]:
    read = (entry.replace("_", " ").partition("=") for entry in said)
    return tuple(
        Place(names.partition(":")[0], state, names.split(":")[-1], lata, tuple(zips.split(",")))
        for names, _, zips in read
    )


def _read(table: str) -> dict[str, tuple[Place, ...]]:
    known: dict[str, tuple[Place, ...]] = {}
    for line in table.strip().splitlines():
        codes, state, lata, *said = line.split()
        known |= dict.fromkeys(codes.split(","), _places(state, lata, said))
    return known


AREA_CODES: Mapping[str, tuple[Place, ...]] = MappingProxyType(_read(_TABLE))
TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
_AREA_CODE = re.compile(r"[2-9](?!11)\d{2}", re.ASCII)


def is_area_code(text: str) -> bool:
    return _AREA_CODE.fullmatch(text) is not None


def places_in(area_code: str) -> tuple[Place, ...]:
    """None for toll-free area codes, and for what is no area code."""
    return AREA_CODES.get(area_code) or _MADE_UP.get(area_code, ())


def _make_up(area_code: str) -> Place:
    """Neither a state XX nor a LATA with five digits is real; no ZIP code leads there."""
    return Place(f"AREA CODE {area_code}", "XX", f"AREACODE{area_code}", f"99{area_code}", ())


_MADE_UP: Mapping[str, tuple[Place, ...]] = MappingProxyType(
    {
        code: (_make_up(code),)
        for code in map(str, range(200, 1000))
        if is_area_code(code) and code not in AREA_CODES and code not in TOLL_FREE
    }
)
# All that can have numbers in one place or another; those of the table first.
LOCAL = (*AREA_CODES, *_MADE_UP)
PLACES = tuple({place.key: place for code in LOCAL for place in places_in(code)}.values())
