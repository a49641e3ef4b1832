"""Who owns which home, as the housing department registers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sandbox.departments.city.chance import Chance
from sandbox.departments.city.citizens import ADULT, TODAY, Citizen, Household, years_after

_OWNED, _SECOND, _TOGETHER = 0.6, 0.1, 0.7
_MORTGAGED = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A person's part of a home."""

    number: str
    """Citizen number."""
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One registered property (不动产权证)."""

    number: str
    address: str
    area_m2: int
    owners: tuple[Owner, ...]
    """Their shares make one."""
    registered_on: date
    mortgaged: bool


def homes(
    households: Sequence[Household], citizens: Sequence[Citizen], chance: Chance
) -> tuple[Home, ...]:
    """Return the homes of some households; a few own a second one."""
    made: list[Home] = []
    for household in households:
        living = [one for one in citizens if one.household == household.key and one.alive]
        grown = [one for one in living if one.relation in {"户主", "配偶"} and one.age() > ADULT]
        count = chance.happens(_OWNED) + chance.happens(_SECOND) if grown else 0
        made += [_home(household, grown, len(made) + at, chance) for at in range(1, count + 1)]
    return tuple(made)


def _home(household: Household, grown: Sequence[Citizen], serial: int, chance: Chance) -> Home:
    owners = grown if chance.happens(_TOGETHER) else grown[:1]
    earliest = max(years_after(one.birth_date, ADULT) for one in owners)
    registered = chance.day(earliest, TODAY)
    return Home(
        number=f"虚（{registered.year}）晴川市不动产权第 {serial:07d} 号",
        address=household.address,
        area_m2=chance.whole(42, 168),
        owners=tuple(Owner(number=one.number, share=Fraction(1, len(owners))) for one in owners),
        registered_on=registered,
        mortgaged=chance.happens(_MORTGAGED),
    )
