"""The sandbox's hospital: registered once by its keys, its schedule taken at each launch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from app.hospital.models.places import Hospital
from app.hospital.planning.service.importing.importing import ScheduleImport
from app.hospital.planning.service.importing.report import ImportReport, Mode
from app.hospital.planning.service.lines.reading import Read, Refused, numbered, read_ndjson
from app.hospital.scopes import DESK_SCOPE, FHIR_SCOPE, SCHEDULE_SCOPE
from app.hospital.service.booking.acting import PURPOSE
from app.notifications.routes.events import SCOPE as EVENTS_SCOPE
from app.partners.models import Terminal
from app.partners.service.onboarding import DECODE_SCOPE, Onboarding
from app.wiring.hospital.planning import build_hospital_onboarding, build_taking
from app.wiring.infrastructure import Infrastructure

_SCOPES: Final = frozenset({DECODE_SCOPE, EVENTS_SCOPE, DESK_SCOPE, FHIR_SCOPE, SCHEDULE_SCOPE})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeededHospital:
    """A hospital with its information system and what came of its schedule."""

    hospital_id: str
    client_id: str
    report: ImportReport


def seed_hospital(
    shared: Infrastructure,
    onboarding: Onboarding,
    *,
    name: str,
    region: str,
    jwks: Sequence[Mapping[str, object]],
    schedule: Path,
) -> SeededHospital:
    """Register a hospital and its system, unless the keys are known, and take a file of NDJSON.

    Args:
        shared: the database and the clock.
        onboarding: what registers terminals.
        name: what patients read.
        region: administrative division, six digits.
        jwks: public keys of the hospital's system.
        schedule: as `POST /v1/hospital/imports` takes it.

    Raises:
        DomainError: what onboarding or the import refuses.
    """
    client_id = onboarding.terminal_with(jwks)
    if client_id is None:
        hospitals = build_hospital_onboarding(shared)
        hospital_id = hospitals.add(name=name, region=region)
        client_id = onboarding.add_terminal(
            merchant_id=hospitals.read(hospital_id).merchant_id,
            jwks=jwks,
            purposes={PURPOSE},
            scopes=_SCOPES,
        )
    query = select(Hospital.id).join(Terminal, Terminal.merchant_id == Hospital.merchant_id)
    with shared.database.transaction() as tx:
        hospital_id = tx.scalars(query.where(Terminal.id == client_id)).one()
    importing = ScheduleImport(
        database=shared.database, clock=shared.clock, sessions=build_taking(shared)
    )
    report = importing.run(hospital_id, lambda: _lines(schedule), Mode.EACH)
    return SeededHospital(hospital_id=hospital_id, client_id=client_id, report=report)


def _lines(schedule: Path) -> Iterator[Read | Refused]:
    with schedule.open("rb") as file:
        yield from read_ndjson(numbered(file))
