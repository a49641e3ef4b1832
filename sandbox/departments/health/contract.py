"""What a caller may ask of the health department."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from sandbox.departments.office.contract import Contract
from sandbox.departments.office.record import Members, Named, Party, Record, Text

_CHILD, _PARENT = "child", "parent"


class Child(Named):
    """Who was born."""

    sex: Literal["男", "女"]


class Measures(Members):
    """What was measured at birth."""

    weeks: Annotated[int, Field(ge=20, le=45)]
    weight_g: Annotated[int, Field(ge=300, le=8000)]
    length_cm: Annotated[int, Field(ge=20, le=70)]


class BirthRecord(Record):
    """One birth certificate (出生医学证明)."""

    kind: ClassVar[str] = "birth"

    certificate_number: Annotated[str, Field(pattern=r"^[A-Z][0-9]{9}$")]
    child: Child
    mother: Named
    father: Named
    born_at: AwareDatetime
    hospital: Text
    measures: Measures

    def parties(self) -> tuple[Party, ...]:
        """Return child and parents."""
        parents = (self.mother.party(_PARENT), self.father.party(_PARENT))
        return (self.child.party(_CHILD), *parents)


BIRTH = Contract(
    name="birth-certificate",
    version="1.0.0",
    path="/health/v1/births/lookup",
    record=BirthRecord,
    roles=frozenset({_CHILD}),
)
"""One's own birth."""
BIRTHS_OF_PARENT = Contract(
    name="births-of-parent",
    version="1.0.0",
    path="/health/v1/parents/lookup",
    record=BirthRecord,
    roles=frozenset({_PARENT}),
)
"""Births of one's children."""
