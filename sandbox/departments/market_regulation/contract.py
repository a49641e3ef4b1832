"""What a caller may ask of market regulation."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from sandbox.departments.office.contract import ORGANISATION, Contract
from sandbox.departments.office.record import Fen, Named, OrganisationCode, Party, Record, Text

_LEADER, _ITSELF = "legal person", "organisation"


class LicenceRecord(Record):
    """One business licence (营业执照)."""

    kind: ClassVar[str] = "licence"

    code: OrganisationCode
    """Unified social credit code."""
    name: Text
    legal_person: Named
    address: Text
    capital_fen: Fen
    scope: Text
    established_on: date
    status: Literal["open", "closed"]
    closed_on: date | None

    @model_validator(mode="after")
    def _closed_or_not(self) -> Self:
        if (self.status == "open") != (self.closed_on is None):
            msg = "a closed firm has a day it closed on"
            raise ValueError(msg)
        return self

    def parties(self) -> tuple[Party, ...]:
        """Return who leads it, and the organisation itself."""
        itself = Party(subject=self.code, name=self.name, role=_ITSELF)
        return (self.legal_person.party(_LEADER), itself)


BUSINESS_LICENCE = Contract(
    name="business-licence",
    version="1.0.0",
    path="/market-regulation/v1/licences/lookup",
    record=LicenceRecord,
    roles=frozenset({_LEADER}),
)
"""Licences of the firms that somebody leads."""
ORGANISATION_LICENCE = Contract(
    name="organisation-licence",
    version="1.0.0",
    path="/market-regulation/v1/organisations/lookup",
    record=LicenceRecord,
    roles=frozenset({_ITSELF}),
    subject=ORGANISATION,
)
"""The licence of one organisation, by its code and name."""
