"""Hospitals: every part of booking, handed to each other."""

from __future__ import annotations

from collections.abc import Mapping

from app.hospital.service.directory import HospitalDirectory
from app.identity.service.persons import Persons
from app.wiring.authorities import Authorities
from app.wiring.hospital.appointments import build_appointments
from app.wiring.hospital.calendar import build_calendar
from app.wiring.hospital.calling import build_calling
from app.wiring.hospital.conduct import build_conduct
from app.wiring.hospital.fhir import build_fhir
from app.wiring.hospital.finding import build_finding
from app.wiring.hospital.planning import build_hospital_planning
from app.wiring.hospital.rush import build_rush
from app.wiring.hospital.slips import build_slips
from app.wiring.hospital.stopping import build_stopping
from app.wiring.hospital.waitlist import build_waitlist
from app.wiring.infrastructure import Infrastructure


def build_hospital(
    shared: Infrastructure,
    services: Mapping[type, object],
    *,
    authorities: Authorities,
    persons: Persons,
) -> dict[type, object]:
    """What patients, desks, hospitals' systems and operators do.

    Args:
        shared: what every service stands on.
        services: with the card's and the settlement's.
        authorities: with what sets pages.
        persons: knows persons.
    """
    return {
        HospitalDirectory: HospitalDirectory(database=shared.database),
        **build_hospital_planning(shared),
        **build_finding(shared),
        **build_appointments(shared, services, persons=persons),
        **build_calling(shared, persons=persons),
        **build_rush(shared),
        **build_waitlist(shared),
        **build_conduct(shared),
        **build_stopping(shared),
        **build_fhir(shared, persons=persons),
        **build_calendar(shared),
        **build_slips(shared, authorities=authorities, persons=persons),
    }
