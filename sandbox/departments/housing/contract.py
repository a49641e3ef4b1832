"""What a caller may ask of the housing department."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from sandbox.departments.office.contract import Contract
from sandbox.departments.office.record import Named, Party, Record, Text

_OWNER = "owner"


class OwnerRecord(Named):
    """A person's part of a home."""

    share: Annotated[str, Field(pattern=r"^(1|[1-9][0-9]?/[1-9][0-9]?)$")]
    """``1``, or a fraction such as ``1/2``."""


class HomeRecord(Record):
    """One registered property (不动产权证)."""

    kind: ClassVar[str] = "home"

    certificate_number: Text
    address: Text
    area_m2: Annotated[int, Field(gt=0)]
    owners: Annotated[tuple[OwnerRecord, ...], Field(min_length=1)]
    """Their shares make one."""
    registered_on: date
    mortgaged: bool

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(Fraction(owner.share) for owner in self.owners) != 1:
            msg = "shares do not make one"
            raise ValueError(msg)
        return self

    def parties(self) -> tuple[Party, ...]:
        """Return the owners."""
        return tuple(owner.party(_OWNER) for owner in self.owners)


HOME_OWNERSHIP = Contract(
    name="home-ownership",
    version="1.0.0",
    path="/housing/v1/homes/lookup",
    record=HomeRecord,
    roles=frozenset({_OWNER}),
)
