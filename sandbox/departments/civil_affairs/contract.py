"""What a caller may ask of civil affairs."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from sandbox.departments.office.contract import Contract
from sandbox.departments.office.record import Named, Party, Record, Text

_SPOUSE, _HOLDER = "spouse", "holder"


class MarriageRecord(Record):
    """One marriage, told alike to both who made it."""

    kind: ClassVar[str] = "marriage"

    certificate_number: Text
    husband: Named
    wife: Named
    registered_on: date
    status: Literal["married", "divorced", "widowed"]
    ended_on: date | None
    """Of the divorce or the death; None while it lasts."""

    @model_validator(mode="after")
    def _ended_or_not(self) -> Self:
        if (self.status == "married") != (self.ended_on is None):
            msg = "an end goes with a reason, and a reason with an end"
            raise ValueError(msg)
        return self

    def parties(self) -> tuple[Party, ...]:
        """Return husband and wife."""
        return (self.husband.party(_SPOUSE), self.wife.party(_SPOUSE))


class DisabilityRecord(Named, Record):
    """One disability certificate (残疾人证), held on behalf of the federation."""

    kind: ClassVar[str] = "disability"

    certificate_number: Text
    disability: Literal["视力残疾", "听力残疾", "言语残疾", "肢体残疾"]
    degree: Literal["一级", "二级", "三级", "四级"]
    certified_on: date
    certified_by: Text

    def parties(self) -> tuple[Party, ...]:
        """Return who holds it."""
        return (self.party(_HOLDER),)


MARRIAGE = Contract(
    name="marriage",
    version="1.0.0",
    path="/civil-affairs/v1/marriages/lookup",
    record=MarriageRecord,
    roles=frozenset({_SPOUSE}),
)
DISABILITY = Contract(
    name="disability-certificate",
    version="1.0.0",
    path="/civil-affairs/v1/disabilities/lookup",
    record=DisabilityRecord,
    roles=frozenset({_HOLDER}),
)
