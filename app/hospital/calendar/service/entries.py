"""Which appointments a calendar shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.core.statements import Tx, rows
from app.hospital.states import AppointmentState

MOST: Final = 300
KEPT: Final = timedelta(days=30)
"""How long after its time an appointment, kept or cancelled, stays in the calendar."""
_A: Final = AppointmentState
_CONFIRMED: Final = (_A.BOOKED, _A.ARRIVED, _A.FULFILLED, _A.NOSHOW, _A.EXCUSED)
_CANCELLED: Final = (_A.CANCELLED_PATIENT, _A.CANCELLED_HOSPITAL, _A.RESCHEDULED)
# A hold that never became a booking was in no calendar: there is nothing to cancel.
_ENTRIES: Final = """
SELECT a.id, a.sequence, a.state = ANY(%(cancelled)s), a.starts_at, a.ends_at, a.created_at,
  a.state_changed_at, h.name, d.name, c.name, c.address
FROM appointments AS a
JOIN hospitals AS h ON h.id = a.hospital_id
JOIN departments AS d ON d.id = a.department_id JOIN campuses AS c ON c.id = d.campus_id
WHERE (a.person_id = %(person)s
    OR (a.agent_id = %(person)s AND a.mandate_id = ANY(%(mandates)s)))
  AND a.ends_at > %(since)s
  AND (a.state = ANY(%(confirmed)s) OR (a.state = ANY(%(cancelled)s) AND EXISTS (
    SELECT FROM appointment_events AS e WHERE e.appointment_id = a.id AND e.kind = 'booked')))
ORDER BY a.starts_at DESC, a.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An appointment as a calendar shows it: neither name nor number of anybody."""

    appointment_id: str
    sequence: int
    """Rises with every change."""
    cancelled: bool
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    changed_at: datetime
    hospital: str
    department: str
    campus: str
    address: str


def entries_of(tx: Tx, person_id: str, *, mandates: Collection[str], now: datetime) -> list[Entry]:
    """The appointments of a person and those they made by these mandates, the latest first."""
    values = {
        "person": person_id,
        "mandates": sorted(mandates),
        "since": now - KEPT,
        "confirmed": [state.value for state in _CONFIRMED],
        "cancelled": [state.value for state in _CANCELLED],
        "most": MOST,
    }
    names = Entry.__dataclass_fields__
    return [Entry(**dict(zip(names, one, strict=True))) for one in rows(tx, _ENTRIES, values)]
