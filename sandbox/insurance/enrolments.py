"""Who of the city is insured under which scheme, and what their own accounts begin with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sandbox.departments.city.citizens import Citizen
from sandbox.departments.city.facts import City
from sandbox.departments.city.work import Job

REGION = "990100"
"""晴川市."""
EMPLOYEE, RESIDENT = "employee", "resident"
_OPENING_FEN = 15_000
_OWN_PERCENT = 2
"""Of their pay employees put into their own accounts (国办发〔2021〕14 号)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """One person's insurance; docs/settlement.md names the members."""

    citizen_number: str
    name: str
    region: str
    scheme: str
    since: date
    opening_fen: int
    monthly_fen: int

    def told(self) -> dict[str, Any]:
        """Return its JSON members."""
        return {**asdict(self), "since": self.since.isoformat()}


def enrolments(town: City) -> Iterator[Enrolment]:
    """Yield everybody who lives: by their work if they have some, else as residents."""
    jobs = {job.person: job for job in town.jobs}
    return (_enrolment(one, jobs.get(one.number)) for one in town.citizens if one.alive)


def _enrolment(one: Citizen, job: Job | None) -> Enrolment:
    return Enrolment(
        citizen_number=one.number,
        name=one.name,
        region=REGION,
        scheme=RESIDENT if job is None else EMPLOYEE,
        since=one.registered_on if job is None else job.since,
        opening_fen=0 if job is None else _OPENING_FEN,
        # A hundredth of so many yuan is so many fen.
        monthly_fen=0 if job is None else job.base_yuan * _OWN_PERCENT,
    )
