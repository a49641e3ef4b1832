"""Who works where: what social insurance and the housing fund know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandbox.departments.city.chance import Chance
from sandbox.departments.city.citizens import MAN, TODAY, Citizen, years_after
from sandbox.departments.city.firms import Firm

_FROM, _UNTIL = 19, {True: 60, False: 55}
_EMPLOYED, _FUNDED = 0.75, 0.7
_BASES = (4_500, 24_000)
_RATES_PERCENT = (5, 8, 10, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Somebody's present work, insured since its first month."""

    person: str
    firm: str
    """Unified social credit code."""
    since: date
    """First of a month."""
    base_yuan: int
    """Monthly pay that contributions follow."""
    fund_percent: int | None
    """What both sides pay into the housing fund; None where there is no account."""

    @property
    def months(self) -> int:
        """Return for how many months contributions were paid."""
        return (TODAY.year - self.since.year) * 12 + TODAY.month - self.since.month


def jobs(citizens: Sequence[Citizen], firms: Sequence[Firm], chance: Chance) -> tuple[Job, ...]:
    """Return the jobs of people of working age in firms that trade; one each."""
    able = [one for one in citizens if one.alive and _FROM < one.age() < _UNTIL[one.sex == MAN]]
    trading = [firm for firm in firms if firm.open]
    employed = [one for one in able if chance.happens(_EMPLOYED)]
    return tuple(_job(one, chance.one(trading), chance) for one in employed)


def _job(person: Citizen, firm: Firm, chance: Chance) -> Job:
    earliest = max(firm.established_on, years_after(person.birth_date, _FROM))
    return Job(
        person=person.number,
        firm=firm.code,
        since=chance.day(earliest, TODAY).replace(day=1),
        base_yuan=chance.whole(_BASES[0] // 100, _BASES[1] // 100) * 100,
        fund_percent=chance.one(_RATES_PERCENT) if chance.happens(_FUNDED) else None,
    )
