"""What a hospital's desk sees of today: its sessions, and the line of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Row, rows
from app.hospital.ports import Patients
from app.hospital.service.booking.acting import PURPOSE
from app.hospital.service.claiming.calling import PLACE
from app.hospital.service.directory import HospitalDirectory
from app.hospital.service.local import today
from app.hospital.service.ownership import require_session

_SESSIONS: Final = """
SELECT s.id, s.external_id, d.name, p.name, s.half_day, s.starts_at, s.ends_at, s.state,
  n.booked, n.arrived, n.called, n.served,
  (SELECT count(*) FROM slot_units AS u WHERE u.session_id = s.id AND u.state = 'FREE')
FROM clinic_sessions AS s
JOIN departments AS d ON d.id = s.department_id
JOIN practitioners AS p ON p.id = s.practitioner_id
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE a.state = 'BOOKED') AS booked,
    count(*) FILTER (WHERE a.state = 'ARRIVED') AS arrived,
    count(*) FILTER (WHERE a.state = 'ARRIVED' AND a.called_at IS NOT NULL) AS called,
    count(*) FILTER (WHERE a.state = 'FULFILLED') AS served
  FROM appointments AS a WHERE a.session_id = s.id
) AS n
WHERE s.hospital_id = %(hospital)s AND s.day = %(day)s AND s.state <> 'DRAFT'
  AND (%(after)s::varchar IS NULL OR (s.starts_at, s.id) > (
    SELECT starts_at, id FROM clinic_sessions WHERE id = %(after)s))
ORDER BY s.starts_at, s.id LIMIT %(limit)s
"""
_ANY: Final = """
SELECT a.person_id, a.id, a.state, u.number, a.starts_at, a.ends_at, a.called_at, a.calls, a.room
FROM appointments AS a JOIN slot_units AS u ON u.id = a.unit_id
"""
_ONE: Final = f"{_ANY} WHERE a.id = %(id)s"
_LINE: Final = f"""
{_ANY} WHERE a.session_id = %(session)s AND a.hospital_id = %(hospital)s
  AND a.state IN ('BOOKED', 'ARRIVED', 'FULFILLED', 'NOSHOW', 'EXCUSED')
ORDER BY CASE
    WHEN a.state = 'ARRIVED' AND a.called_at IS NOT NULL THEN 0
    WHEN a.state = 'ARRIVED' THEN 1
    WHEN a.state = 'BOOKED' THEN 2
    ELSE 3
  END, {PLACE}, u.number
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySession:
    """A session of today, and how many are where."""

    id: str
    external_id: str
    department: str
    practitioner: str
    half_day: str
    starts_at: datetime
    ends_at: datetime
    state: str
    booked: int
    """Not here yet."""
    arrived: int
    """Wait, or are with the doctor."""
    called: int
    """Of those."""
    served: int
    free: int
    """Places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """Some sessions, and the cursor of the next page."""

    items: Sequence[DaySession]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """Somebody of a session, as its desk sees them."""

    id: str
    """The appointment's."""
    name: str
    """Masked."""
    state: str
    number: int
    starts_at: datetime
    ends_at: datetime
    called_at: datetime | None
    calls: int
    room: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The first of a session's line."""

    items: Sequence[InLine]
    more: bool
    """There are others behind."""


class WaitingRoom:
    """Reads sessions and lines; a hospital its own alone."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        directory: HospitalDirectory,
        accesses: AccessLog,
        patients: Patients,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._directory = directory
        self._accesses = accesses
        self._patients = patients

    def sessions(self, terminal: Terminal, *, after: str | None, limit: int) -> DayPage:
        """Today's, in the order of their beginnings; nothing of it is personal.

        Args:
            terminal: the caller.
            after: cursor: the last id of the page before.
            limit: sessions a page.

        Raises:
            DomainError: HOSPITAL_NOT_YOURS.
        """
        values = {
            "hospital": self._directory.of(terminal),
            "day": today(self._clock.now()),
            "after": after,
            "limit": limit + 1,
        }
        names = DaySession.__dataclass_fields__
        found = [
            DaySession(**dict(zip(names, one, strict=True)))
            for one in self._database.look(_SESSIONS, values)
        ]
        following = found[limit - 1].id if len(found) > limit else None
        return DayPage(items=found[:limit], next=following)

    def line(self, terminal: Terminal, session_id: str, *, limit: int) -> Line:
        """Who is called now, who waits in the order of calling, who is expected, who is done.

        1. The terminal belongs to a hospital, and the session is that hospital's.
        2. Names are masked.
        3. The log of each person says who looked.

        Raises:
            DomainError: HOSPITAL_NOT_YOURS or SESSION_UNKNOWN.
        """
        hospital_id = self._directory.of(terminal)  # 1
        values = {"session": session_id, "hospital": hospital_id, "limit": limit + 1}
        with self._database.direct() as tx:
            require_session(tx, session_id, hospital_id)  # 1
            found = rows(tx, _LINE, values)
            seen = [self._seen(one) for one in found[:limit]]  # 2
            for one in found[:limit]:  # 3
                self._note(terminal, one[0])
        return Line(items=seen, more=len(found) > limit)

    def acted(self, appointment_id: str) -> InLine:
        """Somebody for a desk that has just acted on them: it is written down already."""
        (found,) = self._database.look(_ONE, {"id": appointment_id})
        return self._seen(found)

    def _seen(self, found: Row) -> InLine:
        person_id, appointment_id, *others = found
        state, number, starts_at, ends_at, called_at, calls, room = others
        return InLine(
            id=appointment_id,
            name=self._patients.masked_name(person_id),
            state=state,
            number=number,
            starts_at=starts_at,
            ends_at=ends_at,
            called_at=called_at,
            calls=calls,
            room=room,
        )

    def _note(self, terminal: Terminal, person_id: str) -> None:
        self._accesses.record(
            person_id=person_id,
            actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
            action=actions.APPOINTMENT_READ,
            purpose=PURPOSE,
            fields=("appointment", "name"),
        )
