"""The parts of statements that all reads of the facade share, and their rows as views."""

from __future__ import annotations

from typing import Final

from app.core.statements import Row
from app.hospital.fhir.service.views import Party, Place, ScheduleView, SlotView
from app.hospital.states import SessionState, UnitState

PLACE: Final = """
  s.hospital_id, s.id, s.external_id, p.external_id, p.name, d.external_id, d.name,
  c.external_id, c.name, s.fee_class, s.fee
"""
WIDTH: Final = 11
"""Columns of a place."""
OF_PLACE: Final = """
  JOIN practitioners p ON p.id = s.practitioner_id
  JOIN departments d ON d.id = s.department_id JOIN campuses c ON c.id = d.campus_id
"""
SCHEDULE: Final = (
    f"SELECT {PLACE}, s.state, s.starts_at, s.ends_at, s.state_changed_at "  # noqa: S608 - our own
    f"FROM clinic_sessions s {OF_PLACE}"
)
SLOT: Final = (
    f"SELECT {PLACE}, u.id, pool.channel, u.number, u.starts_at, u.ends_at, u.state, "  # noqa: S608
    "u.state_changed_at FROM slot_units u JOIN unit_pools pool ON pool.id = u.pool_id "
    f"JOIN clinic_sessions s ON s.id = u.session_id {OF_PLACE}"
)


def place_of(row: Row) -> Place:
    """The first columns of every row."""
    return Place(
        hospital_id=row[0],
        session_id=row[1],
        external_id=row[2],
        practitioner=Party(external_id=row[3], name=row[4]),
        department=Party(external_id=row[5], name=row[6]),
        campus=Party(external_id=row[7], name=row[8]),
        fee_class=row[9],
        fee=row[10],
    )


def schedule_of(row: Row) -> ScheduleView:
    """A session."""
    state, starts_at, ends_at, changed_at = row[WIDTH:]
    return ScheduleView(
        place=place_of(row),
        state=SessionState(state),
        starts_at=starts_at,
        ends_at=ends_at,
        changed_at=changed_at,
    )


def slot_of(row: Row) -> SlotView:
    """A place of it."""
    own, channel, number, starts_at, ends_at, state, changed_at = row[WIDTH:]
    return SlotView(
        id=own,
        place=place_of(row),
        channel=channel,
        number=number,
        starts_at=starts_at,
        ends_at=ends_at,
        state=UnitState(state),
        changed_at=changed_at,
    )
