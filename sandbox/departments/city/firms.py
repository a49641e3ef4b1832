"""The companies of the city, as the market regulator lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandbox.departments.city import names
from sandbox.departments.city.chance import Chance
from sandbox.departments.city.citizens import TODAY, Citizen, years_after
from sandbox.departments.city.numbers import organisation_code

_COUNT = 30
_LEAST_AGE, _MOST_AGE = 25, 62
_CLOSED = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """One business licence (营业执照)."""

    code: str
    """Unified social credit code."""
    name: str
    legal_person: str
    """Citizen number."""
    address: str
    capital_yuan: int
    scope: str
    established_on: date
    closed_on: date | None = None

    @property
    def open(self) -> bool:
        """Whether it still trades."""
        return self.closed_on is None


def firms(citizens: Sequence[Citizen], chance: Chance) -> tuple[Firm, ...]:
    """Return companies of people old enough to lead one; two of them may belong to one person."""
    able = [one for one in citizens if one.alive and _LEAST_AGE <= one.age() <= _MOST_AGE]
    return tuple(_firm(chance.one(able), serial, chance) for serial in range(1, _COUNT + 1))


def _firm(leader: Citizen, serial: int, chance: Chance) -> Firm:
    trade = chance.one(names.TRADES)
    established = chance.day(years_after(leader.birth_date, _LEAST_AGE - 2), TODAY)
    closed = chance.day(established, TODAY) if chance.happens(_CLOSED) else None
    return Firm(
        code=organisation_code("91", serial),
        name=names.firm(chance, trade),
        legal_person=leader.number,
        address=names.address(chance),
        capital_yuan=chance.whole(1, 50) * 100_000,
        scope=names.SCOPES[trade],
        established_on=established,
        closed_on=closed,
    )
