"""What a caller may ask of public security: who somebody is, and what sentences are on record."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sandbox.departments.office.contract import Contract
from sandbox.departments.office.record import Members, Named, Party, Record, Text

_PERSON, _CONVICTED = "person", "convicted"


class Household(Members):
    """Where a person is registered."""

    address: Text
    head_name: Text
    relation: Text
    registered_on: date
    type: Literal["家庭户", "集体户"]


class PersonRecord(Named, Record):
    """One person."""

    kind: ClassVar[str] = "person"

    sex: Literal["男", "女"]
    birth_date: date
    ethnicity: Text
    household: Household
    status: Literal["alive", "deceased"]
    photo: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$")] | None
    """JPEG in base64."""

    def parties(self) -> tuple[Party, ...]:
        """Return the person."""
        return (self.party(_PERSON),)


class ConvictionRecord(Named, Record):
    """One sentence of a person."""

    kind: ClassVar[str] = "conviction"

    offence: Text
    sentenced_on: date
    court: Text

    def parties(self) -> tuple[Party, ...]:
        """Return who was sentenced."""
        return (self.party(_CONVICTED),)


POPULATION = Contract(
    name="population-person",
    version="1.0.0",
    path="/population/v1/persons/lookup",
    record=PersonRecord,
    roles=frozenset({_PERSON}),
)
CRIMINAL_RECORD = Contract(
    name="criminal-record",
    version="1.0.0",
    path="/population/v1/criminal-records/lookup",
    record=ConvictionRecord,
    roles=frozenset({_CONVICTED}),
)
