"""What a department keeps: records, and whom each of them concerns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sandbox.departments.city.citizen_number import is_citizen_number
from sandbox.departments.city.numbers import is_organisation_code


def _citizen_number(text: str) -> str:
    if not is_citizen_number(text):
        msg = "no citizen number"
        raise ValueError(msg)
    return text


def _organisation_code(text: str) -> str:
    if not is_organisation_code(text):
        msg = "no unified social credit code"
        raise ValueError(msg)
    return text


Text = Annotated[str, Field(min_length=1, max_length=200)]
CitizenNumber = Annotated[str, AfterValidator(_citizen_number)]
OrganisationCode = Annotated[str, AfterValidator(_organisation_code)]
Fen = Annotated[int, Field(ge=0)]
"""Money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody a record concerns."""

    subject: str
    """Citizen number, or unified social credit code."""
    name: str
    role: str
    """What they are in the record; a contract says which roles it answers for."""


class Members(BaseModel):
    """Base of all that is told: strict types, no unknown member."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Named(Members):
    """A person inside a record."""

    citizen_number: CitizenNumber
    name: Text

    def party(self, role: str) -> Party:
        """Return this person in a role."""
        return Party(subject=self.citizen_number, name=self.name, role=role)


class Record(Members, ABC):
    """One fact on file; its members are what a contract lets a caller ask for."""

    kind: ClassVar[str]
    """Sort of record inside one department; the first part of its key."""

    @abstractmethod
    def parties(self) -> tuple[Party, ...]:
        """Return whom it concerns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record as it is written into the books."""

    kind: str
    record: dict[str, Any]
    """JSON members."""
    parties: tuple[Party, ...]


def row(record: Record) -> Row:
    """Return what is written of a record."""
    return Row(kind=record.kind, record=record.model_dump(mode="json"), parties=record.parties())
