"""A session as somebody who wants a place of it finds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.core.statements import Tx, row
from app.hospital.errors import SESSION_NOT_OPEN, SESSION_UNKNOWN
from app.hospital.ports import Rules
from app.hospital.service.local import last_day

_READ: Final = """
SELECT s.hospital_id, s.day, s.opens_at, s.ends_at, s.fee, s.item_code,
  s.state = 'PUBLISHED' AND h.state = 'ACTIVE' AND d.state = 'ACTIVE' AND p.state = 'ACTIVE'
FROM clinic_sessions s JOIN hospitals h ON h.id = s.hospital_id
JOIN departments d ON d.id = s.department_id JOIN practitioners p ON p.id = s.practitioner_id
WHERE s.id = %(id)s AND s.state <> 'DRAFT'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that can be booked now."""

    id: str
    hospital_id: str
    fee: int
    """Fen."""
    item_code: str


def open_session(tx: Tx, session_id: str, *, rules: Rules, now: datetime) -> OpenSession:
    """A session that the public may book now.

    1. There is such a session.
    2. It is published; hospital, department and doctor take appointments.
    3. Its release has come and it is not over; its day is within the hospital's window.

    Raises:
        DomainError: SESSION_UNKNOWN, or SESSION_NOT_OPEN with `opens_at` where it is still to come.
    """
    found = row(tx, _READ, {"id": session_id})
    if found is None:  # 1
        raise SESSION_UNKNOWN()
    hospital_id, day, opens_at, ends_at, fee, item_code, active = found
    if not active or ends_at <= now:  # 2, 3
        raise SESSION_NOT_OPEN()
    if opens_at > now or not _within(day, rules, hospital_id, now):  # 3
        members = {"opens_at": opens_at.isoformat()} if opens_at > now else {}
        raise SESSION_NOT_OPEN(members=members)
    return OpenSession(id=session_id, hospital_id=hospital_id, fee=fee, item_code=item_code)


def _within(day: date, rules: Rules, hospital_id: str, now: datetime) -> bool:
    return day <= last_day(rules.for_hospital(hospital_id), now)
