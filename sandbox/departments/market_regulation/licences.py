"""The business licences of the city."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sandbox.departments.city.city import city
from sandbox.departments.city.firms import Firm
from sandbox.departments.market_regulation.contract import (
    BUSINESS_LICENCE,
    ORGANISATION_LICENCE,
    LicenceRecord,
)
from sandbox.departments.office.desk import Department, filled
from sandbox.departments.office.record import Named

_FEN = 100


def open_market_regulation(directory: Path) -> Department:
    """Return the department, its books in `directory`."""
    town = city()
    names = town.names()
    return filled(
        directory,
        name="market_regulation",
        records=(_record(firm, names) for firm in town.firms),
        contracts=(BUSINESS_LICENCE, ORGANISATION_LICENCE),
    )


def _record(firm: Firm, names: Mapping[str, str]) -> LicenceRecord:
    leader = Named(citizen_number=firm.legal_person, name=names[firm.legal_person])
    return LicenceRecord(
        code=firm.code,
        name=firm.name,
        legal_person=leader,
        address=firm.address,
        capital_fen=firm.capital_yuan * _FEN,
        scope=firm.scope,
        established_on=firm.established_on,
        status="open" if firm.open else "closed",
        closed_on=firm.closed_on,
    )
