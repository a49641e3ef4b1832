"""What may be asked of a department: a contract, and how it names whom it asks about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.departments.city.citizen_number import is_citizen_number
from sandbox.departments.city.numbers import is_organisation_code
from sandbox.departments.office.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """How a question names whom it is about, beside the member ``name``."""

    member: str
    is_valid: Callable[[str], bool]


PERSON = Subject(member="citizen_number", is_valid=is_citizen_number)
ORGANISATION = Subject(member="code", is_valid=is_organisation_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One kind of question; what is not declared here is not answered."""

    name: str
    version: str
    """Semantic version."""
    path: str
    """Where questions are sent."""
    record: type[Record]
    """Its members are the fields that can be asked for."""
    roles: frozenset[str]
    """A record is told when the subject has one of them in it; none: nothing is told."""
    subject: Subject = PERSON

    @property
    def title(self) -> str:
        """Name and version, such as `marriage/1.0.0`."""
        return f"{self.name}/{self.version}"

    @property
    def fields(self) -> frozenset[str]:
        """Names of all that can be asked for."""
        return frozenset(self.record.model_fields)
