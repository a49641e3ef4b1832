"""Births in the city's hospitals, as the health department certifies them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sandbox.departments.city.chance import Chance
from sandbox.departments.city.citizens import Citizen

_SINCE = date(1996, 1, 1)
"""Birth certificates of one form are issued since then."""
_HOSPITALS = ("晴川市妇幼保健院", "晴川市第一人民医院", "晴川市中心医院")


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """One birth certificate (出生医学证明)."""

    number: str
    """A letter and nine digits."""
    child: str
    mother: str
    father: str
    born_at: datetime
    """Local time."""
    hospital: str
    weeks: int
    weight_g: int
    length_cm: int


def births(citizens: Sequence[Citizen], chance: Chance) -> tuple[Birth, ...]:
    """Return the births of those whose parents are known and who are young enough."""
    young = [one for one in citizens if one.birth_date >= _SINCE and one.mother and one.father]
    return tuple(_birth(child, serial, chance) for serial, child in enumerate(young, start=1))


def _birth(child: Citizen, serial: int, chance: Chance) -> Birth:
    at = time(chance.whole(0, 23), chance.whole(0, 59))
    return Birth(
        number=f"{'RSTU'[serial % 4]}99{serial:07d}",
        child=child.number,
        mother=child.mother or "",
        father=child.father or "",
        born_at=datetime.combine(child.birth_date, at),
        hospital=chance.one(_HOSPITALS),
        weeks=chance.whole(36, 41),
        weight_g=chance.whole(255, 410) * 10,
        length_cm=chance.whole(47, 53),
    )
