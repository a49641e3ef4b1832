"""Who waits for a place: the entries whose conditions it meets, in the order they were made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from app.core.statements import Tx, row

_PLACE: Final = """
SELECT u.id, s.id, s.hospital_id, s.fee, s.day, u.starts_at
FROM slot_units u
JOIN unit_pools p ON p.id = u.pool_id
JOIN clinic_sessions s ON s.id = u.session_id
JOIN hospitals h ON h.id = s.hospital_id
JOIN departments d ON d.id = s.department_id
JOIN practitioners c ON c.id = s.practitioner_id
WHERE u.id = %(unit)s AND u.state = 'FREE' AND p.channel = 'app' AND s.state = 'PUBLISHED'
  AND u.starts_at > %(now)s
  AND h.state = 'ACTIVE' AND d.state = 'ACTIVE' AND c.state = 'ACTIVE'
"""
MEETS: Final = """
e.state = 'WAITING' AND e.department_id = s.department_id
  AND (e.practitioner_id IS NULL OR e.practitioner_id = s.practitioner_id)
  AND (e.session_id IS NULL OR e.session_id = s.id)
  AND s.day BETWEEN e.from_day AND e.to_day
  AND s.half_day = ANY(e.half_days) AND s.fee <= e.most_fee
"""
"""A session `s` meets the conditions of an entry `e` that waits."""
IN_BULK: Final = "(e.created_at < s.created_at OR e.created_at >= s.opens_at)"
"""Whoever enters between the announcement of a session and its opening stands behind the public of
that opening, as everybody who queues for it does: entering is no way around the queue."""
# Waiting for a lock, not passing over it: whoever is about to be given another place may still not
# get it, and keeps their turn. Whoever was given one is no longer WAITING: the next is looked at.
_NEXT: Final = f"""
SELECT e.id, e.person_id, e.automatic, e.created_at
FROM waitlist_entries e JOIN clinic_sessions s ON s.id = %(session)s
WHERE {MEETS} AND (e.created_at, e.id) > (%(after_at)s, %(after_id)s)
  AND ((%(freed)s AND s.opens_at <= %(now)s) OR {IN_BULK})
ORDER BY e.created_at, e.id LIMIT 1 FOR UPDATE OF e
"""  # noqa: S608 - our own conditions
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A free place, and what its session says."""

    unit_id: str
    session_id: str
    hospital_id: str
    fee: int
    """Fen."""
    day: date
    """In China."""
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that waits for a place, locked until the transaction ends."""

    id: str
    person_id: str
    automatic: bool
    created_at: datetime


def place_of(tx: Tx, unit_id: str, now: datetime) -> Place | None:
    """A place that the waitlist may have.

    1. It is free, and in the pool of the public. 2. Its session is published; hospital, department
    and doctor take appointments. 3. Its window has not begun.
    """
    found = row(tx, _PLACE, {"unit": unit_id, "now": now})
    if found is None:
        return None
    return Place(
        unit_id=found[0],
        session_id=found[1],
        hospital_id=found[2],
        fee=found[3],
        day=found[4],
        starts_at=found[5],
    )


def next_candidate(
    tx: Tx, place: Place, after: Candidate | None, now: datetime, *, freed: bool
) -> Candidate | None:
    """The entry that waited longest for such a place, after another one.

    Args:
        tx: the transaction; it locks the entry.
        place: what there is.
        after: who was passed over last.
        now: the present moment.
        freed: somebody gave the place up; otherwise it is one of many, and `IN_BULK` holds, as for
            every place of a session that has not opened.
    """
    values: dict[str, Any] = {
        "session": place.session_id,
        "after_at": _FIRST if after is None else after.created_at,
        "after_id": "" if after is None else after.id,
        "freed": freed,
        "now": now,
    }
    found = row(tx, _NEXT, values)
    if found is None:
        return None
    return Candidate(id=found[0], person_id=found[1], automatic=found[2], created_at=found[3])
