"""The births of the city as the health department certifies them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta, timezone
from pathlib import Path

from sandbox.departments.city.births import Birth
from sandbox.departments.city.citizens import Citizen
from sandbox.departments.city.city import city
from sandbox.departments.health.contract import (
    BIRTH,
    BIRTHS_OF_PARENT,
    BirthRecord,
    Child,
    Measures,
)
from sandbox.departments.office.desk import Department, filled
from sandbox.departments.office.record import Named

_LOCAL = timezone(timedelta(hours=8))
"""China Standard Time; no summer time since 1991, no certificate before 1996."""


def open_health(directory: Path) -> Department:
    """Return the department, its books in `directory`."""
    town = city()
    people = {one.number: one for one in town.citizens}
    return filled(
        directory,
        name="health",
        records=(_record(birth, people) for birth in town.births),
        contracts=(BIRTH, BIRTHS_OF_PARENT),
    )


def _record(birth: Birth, people: Mapping[str, Citizen]) -> BirthRecord:
    mother, father = people[birth.mother], people[birth.father]
    return BirthRecord(
        certificate_number=birth.number,
        child=_child(people[birth.child]),
        mother=Named(citizen_number=mother.number, name=mother.name),
        father=Named(citizen_number=father.number, name=father.name),
        born_at=birth.born_at.replace(tzinfo=_LOCAL),
        hospital=birth.hospital,
        measures=Measures(weeks=birth.weeks, weight_g=birth.weight_g, length_cm=birth.length_cm),
    )


def _child(child: Citizen) -> Child:
    return Child.model_validate(
        {"citizen_number": child.number, "name": child.name, "sex": child.sex}
    )
