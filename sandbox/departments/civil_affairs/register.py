"""The marriages and the disability certificates of the city."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from sandbox.departments.city.citizens import Citizen, Marriage
from sandbox.departments.city.city import city
from sandbox.departments.city.facts import City
from sandbox.departments.civil_affairs.contract import (
    DISABILITY,
    MARRIAGE,
    DisabilityRecord,
    MarriageRecord,
)
from sandbox.departments.office.desk import Department, filled
from sandbox.departments.office.record import Named, Record

_FEDERATION = "晴川市残疾人联合会"


def open_civil_affairs(directory: Path) -> Department:
    """Return the department, its books in `directory`."""
    return filled(
        directory,
        name="civil_affairs",
        records=_records(city()),
        contracts=(MARRIAGE, DISABILITY),
    )


def _records(town: City) -> Iterator[Record]:
    people = {one.number: one for one in town.citizens}
    for marriage in town.marriages:
        yield _marriage(marriage, people[marriage.husband], people[marriage.wife])
    for one in town.disabilities:
        yield DisabilityRecord.model_validate(
            {
                "citizen_number": one.person,
                "name": people[one.person].name,
                "certificate_number": one.certificate,
                "disability": one.kind,
                "degree": one.degree,
                "certified_on": one.certified_on,
                "certified_by": _FEDERATION,
            }
        )


def _marriage(marriage: Marriage, husband: Citizen, wife: Citizen) -> MarriageRecord:
    status, ended_on = _end(marriage, husband, wife)
    return MarriageRecord(
        certificate_number=marriage.number,
        husband=Named(citizen_number=husband.number, name=husband.name),
        wife=Named(citizen_number=wife.number, name=wife.name),
        registered_on=marriage.registered_on,
        status=status,
        ended_on=ended_on,
    )


def _end(
    marriage: Marriage, husband: Citizen, wife: Citizen
) -> tuple[Literal["married", "divorced", "widowed"], date | None]:
    if marriage.divorced_on is not None:
        return "divorced", marriage.divorced_on
    died = [one.died_on for one in (husband, wife) if one.died_on is not None]
    return ("widowed", min(died)) if died else ("married", None)
