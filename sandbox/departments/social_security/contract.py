"""What a caller may ask of human resources and social security."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sandbox.departments.office.contract import Contract
from sandbox.departments.office.record import (
    Fen,
    Members,
    Named,
    OrganisationCode,
    Party,
    Record,
    Text,
)

_INSURED = "insured"
Insurance = Literal["养老保险", "医疗保险", "工伤保险", "失业保险", "生育保险"]


class Employer(Members):
    """Where somebody works."""

    code: OrganisationCode
    name: Text


class ParticipationRecord(Named, Record):
    """Somebody insured through their work (参保)."""

    kind: ClassVar[str] = "participation"

    employer: Employer
    insurances: Annotated[tuple[Insurance, ...], Field(min_length=1, max_length=5)]
    insured_since: date
    """First of a month."""
    months_paid: Annotated[int, Field(ge=0)]
    monthly_base_fen: Fen
    """What contributions are reckoned from."""
    status: Literal["active", "ended"]

    def parties(self) -> tuple[Party, ...]:
        """Return who is insured."""
        return (self.party(_INSURED),)


PARTICIPATION = Contract(
    name="social-insurance-participation",
    version="1.0.0",
    path="/social-security/v1/participations/lookup",
    record=ParticipationRecord,
    roles=frozenset({_INSURED}),
)
