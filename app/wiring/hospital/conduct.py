"""The rules of booking, and how people keep their appointments."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.hospital.conduct.rulebook import HOME, RuleBook, Version, read_versions
from app.hospital.conduct.service.appeals import Appeals
from app.hospital.conduct.service.forgiving import ConductSweep
from app.hospital.conduct.service.journal import CHANGED
from app.hospital.conduct.service.outages import Outages
from app.hospital.conduct.service.points import ConductPoints
from app.hospital.conduct.service.reading import ConductReading
from app.hospital.conduct.service.telling import ConductTelling
from app.notifications.service.notices import Notices
from app.outbox.ports import Topic
from app.wiring.infrastructure import Infrastructure


def booking_rules(shared: Infrastructure) -> RuleBook:
    """The rules of booking, of the city and of hospitals that have their own."""
    return RuleBook(_versions(shared.settings.booking_rules or HOME), clock=shared.clock)


def build_conduct_points(shared: Infrastructure) -> ConductPoints:
    """Counts and judges, for whoever books, cancels and closes sessions."""
    return ConductPoints(rules=booking_rules(shared))


def build_conduct(shared: Infrastructure) -> dict[type, object]:
    """What people and offices do about points."""
    database, clock = shared.database, shared.clock
    return {
        ConductReading: ConductReading(database=database, clock=clock, rules=booking_rules(shared)),
        Appeals: Appeals(
            database=database, clock=clock, cipher=shared.cipher, accesses=shared.accesses
        ),
        Outages: Outages(database=database, clock=clock),
    }


def build_conduct_sweep(shared: Infrastructure) -> ConductSweep:
    """Housekeeping."""
    return ConductSweep(database=shared.database, clock=shared.clock)


def conduct_topics(shared: Infrastructure) -> dict[str, Topic]:
    """The messages of the outbox about points."""
    notices = Notices(database=shared.database, clock=shared.clock)
    return {CHANGED: Topic(handler=ConductTelling(database=shared.database, notices=notices))}


@cache
def _versions(home: Path) -> tuple[Version, ...]:
    """Read once a process."""
    return read_versions(home)
