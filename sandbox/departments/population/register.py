"""The register of persons and of sentences, in one file of books."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from sandbox.departments.city.standing import Conviction
from sandbox.departments.office.books import Books, Found
from sandbox.departments.office.desk import Department, Desk
from sandbox.departments.office.question import Question
from sandbox.departments.office.record import Party, Row, row
from sandbox.departments.population.contract import (
    CRIMINAL_RECORD,
    POPULATION,
    ConvictionRecord,
    PersonRecord,
)
from sandbox.departments.population.seed import Seed


class Register:
    """Persons by citizen number. Safe to use from many threads."""

    def __init__(self, directory: Path) -> None:
        """Use, or make, the register in `directory`."""
        self.books = Books(directory, name="population")

    def fill(self, seed: Seed) -> bool:
        """Replace all persons by the seed's, unless they came from this very seed.

        Returns:
            Whether anything was written.
        """
        names = {person["citizen_number"]: person["name"] for person in seed.persons}
        rows = [_person(person) for person in seed.persons]
        rows += [_conviction(one, names[one.person]) for one in seed.convictions]
        return self.books.fill(rows, digest=seed.digest)

    def department(self) -> Department:
        """Return what is answered from the register."""
        desks = (Desk(contract=POPULATION, envelope=single), Desk(contract=CRIMINAL_RECORD))
        return Department(books=self.books, desks=desks)


def single(question: Question, found: Found) -> dict[str, Any]:
    """Return the envelope of the population contract: there is one person of a number, or none."""
    if not found.records:
        return {"found": False}
    return {
        "found": True,
        "record": question.of(found.records[0]),
        "record_version": found.version,
    }


def _person(person: dict[str, Any]) -> Row:
    photo = person["photo"]
    encoded = None if photo is None else base64.b64encode(photo).decode("ascii")
    (role,) = POPULATION.roles
    party = Party(subject=person["citizen_number"], name=person["name"], role=role)
    return Row(kind=PersonRecord.kind, record=person | {"photo": encoded}, parties=(party,))


def _conviction(one: Conviction, name: str) -> Row:
    return row(
        ConvictionRecord(
            citizen_number=one.person,
            name=name,
            offence=one.offence,
            sentenced_on=one.sentenced_on,
            court=one.court,
        )
    )
