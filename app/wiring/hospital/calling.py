"""The desk's view of today, and calling people in."""

from __future__ import annotations

from app.hospital.service.calling import Calling
from app.hospital.service.directory import HospitalDirectory
from app.hospital.service.waiting_room import WaitingRoom
from app.identity.service.persons import Persons
from app.wiring.hospital.slips import MaskedNames
from app.wiring.infrastructure import Infrastructure


def build_calling(shared: Infrastructure, *, persons: Persons) -> dict[type, object]:
    """What desks see and call."""
    database, clock, accesses = shared.database, shared.clock, shared.accesses
    directory = HospitalDirectory(database=database)
    return {
        Calling: Calling(database=database, clock=clock, directory=directory, accesses=accesses),
        WaitingRoom: WaitingRoom(
            database=database,
            clock=clock,
            directory=directory,
            accesses=accesses,
            patients=MaskedNames(persons),
        ),
    }
