"""The people of the city and how they belong together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TODAY = date(2026, 11, 1)
"""The day the city is described on."""
MAN, WOMAN = "男", "女"
ADULT = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """One person, as the population registry knows them."""

    number: str
    name: str
    sex: str
    """``男`` or ``女``."""
    birth_date: date
    ethnicity: str
    household: str
    """Key of a household."""
    relation: str
    """To the head of the household."""
    registered_on: date
    """When they came into the household."""
    mother: str | None = None
    """Citizen number, where she is of this city."""
    father: str | None = None
    """Citizen number, where he is of this city."""
    died_on: date | None = None

    @property
    def alive(self) -> bool:
        """Whether they live on the day of description."""
        return self.died_on is None

    def age(self, on: date = TODAY) -> int:
        """Return full years on a day."""
        had = (on.month, on.day) >= (self.birth_date.month, self.birth_date.day)
        return on.year - self.birth_date.year - (not had)


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Who is registered at one address."""

    key: str
    address: str
    kind: str
    """``家庭户`` or ``集体户``."""
    head: str
    """Citizen number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marriage:
    """A marriage in the civil register."""

    number: str
    husband: str
    wife: str
    registered_on: date
    divorced_on: date | None = None


def years_after(day: date, years: int) -> date:
    """Return the same day so many years later; the day after where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)
