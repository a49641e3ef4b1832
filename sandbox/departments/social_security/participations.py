"""Who of the city is insured through their work."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from sandbox.departments.city.city import city
from sandbox.departments.city.firms import Firm
from sandbox.departments.city.work import Job
from sandbox.departments.office.desk import Department, filled
from sandbox.departments.social_security.contract import (
    PARTICIPATION,
    Employer,
    Insurance,
    ParticipationRecord,
)

_FEN = 100
_EMPLOYED: tuple[Insurance, ...] = get_args(Insurance)
"""What employees are insured for: all five (Social Insurance Law, Article 2)."""


def open_social_security(directory: Path) -> Department:
    """Return the department, its books in `directory`."""
    town = city()
    names, firms = town.names(), {firm.code: firm for firm in town.firms}
    return filled(
        directory,
        name="social_security",
        records=(_record(job, firms[job.firm], names) for job in town.jobs),
        contracts=(PARTICIPATION,),
    )


def _record(job: Job, firm: Firm, names: Mapping[str, str]) -> ParticipationRecord:
    return ParticipationRecord(
        citizen_number=job.person,
        name=names[job.person],
        employer=Employer(code=firm.code, name=firm.name),
        insurances=_EMPLOYED,
        insured_since=job.since,
        months_paid=job.months,
        monthly_base_fen=job.base_yuan * _FEN,
        status="active",
    )
