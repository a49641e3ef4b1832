"""What a line of a snapshot holds."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sandbox.departments.office.contract import Contract
from sandbox.departments.office.record import Named, Party, Record, Text

_VETERAN = "veteran"


class VeteranRecord(Named, Record):
    """Somebody who has served."""

    kind: ClassVar[str] = "veteran"

    certificate_number: Text
    branch: Text
    rank: Text
    enlisted_on: date
    discharged_on: date

    def parties(self) -> tuple[Party, ...]:
        """Return who served."""
        return (self.party(_VETERAN),)


VETERAN = Contract(
    name="veteran",
    version="1.0.0",
    path="",  # nobody asks: files are dropped
    record=VeteranRecord,
    roles=frozenset({_VETERAN}),
)
