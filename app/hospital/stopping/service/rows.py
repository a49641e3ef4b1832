"""What is read of a session that is called off, in plain statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from app.core.statements import Tx, row, rows
from app.hospital.policy import BookingPolicy
from app.hospital.states import LIVE, AppointmentState
from app.hospital.stopping.service.replanning import (
    Candidate,
    Engagement,
    Engagements,
    Patient,
    Stopping,
)

MOST_CANDIDATES: Final = 60
_SESSION: Final = """
SELECT id, external_id, hospital_id, department_id, practitioner_id, day, starts_at, fee_class,
  fee, item_code
FROM clinic_sessions WHERE id = %(session)s
"""
_PATIENTS: Final = """
SELECT a.id, a.person_id, a.agent_id, a.mandate_id, a.state, a.consent, a.fee
FROM appointments a JOIN slot_units u ON u.id = a.unit_id
WHERE a.session_id = %(session)s AND a.state = ANY(%(live)s) ORDER BY u.number
"""
# Open to the public, and free in the public's own pool: other pools are for whom they say, and
# where people stand in line for a session nobody is put before them.
_CANDIDATES: Final = """
SELECT s.id, s.practitioner_id, s.day, s.starts_at, s.ends_at, count(u.id)
FROM clinic_sessions s
JOIN unit_pools p ON p.session_id = s.id AND p.channel = 'app'
JOIN slot_units u ON u.pool_id = p.id AND u.state = 'FREE'
WHERE s.department_id = %(department)s AND s.day BETWEEN %(first)s AND %(last)s
  AND s.state = 'PUBLISHED' AND s.opens_at <= %(now)s AND s.starts_at >= %(soonest)s
  AND s.fee_class = %(fee_class)s AND s.fee = %(fee)s AND s.item_code = %(item)s
  AND s.id <> ALL(%(without)s)
  AND NOT EXISTS (
    SELECT FROM release_sessions AS q JOIN releases AS r ON r.id = q.release_id
    WHERE q.session_id = s.id AND r.withdrawn_at IS NULL AND r.closes_at > %(now)s
  )
GROUP BY s.id ORDER BY s.starts_at, s.id LIMIT %(most)s
"""
_ENGAGEMENTS: Final = """
SELECT person_id, department_id, practitioner_id, day, starts_at, ends_at
FROM appointments
WHERE person_id = ANY(%(persons)s) AND state = ANY(%(live)s) AND session_id <> %(session)s
  AND day BETWEEN %(first)s AND %(last)s
"""
_LIVE: Final = [state.value for state in LIVE]


def session_of(tx: Tx, session_id: str) -> Stopping:
    """A session that is known to be there."""
    found = row(tx, _SESSION, {"session": session_id})
    if found is None:
        raise LookupError
    names = ("session_id", "external_id", "hospital_id", "department_id", "practitioner_id", "day")
    return Stopping(
        **dict(zip(names, found, strict=False)),
        starts_at=found[6],
        fee_class=found[7],
        fee=found[8],
        item_code=found[9],
    )


def patients_of(tx: Tx, session_id: str) -> list[Patient]:
    """Whose live appointments are in a session, by the numbers of their places."""
    found = rows(tx, _PATIENTS, {"session": session_id, "live": _LIVE})
    return [
        Patient(
            appointment_id=one[0],
            person_id=one[1],
            agent_id=one[2],
            mandate_id=one[3],
            state=AppointmentState(one[4]),
            consent=one[5],
            fee=one[6],
        )
        for one in found
    ]


def candidates_for(
    tx: Tx, stopping: Stopping, *, policy: BookingPolicy, without: Sequence[str], now: datetime
) -> list[Candidate]:
    """Sessions of the department with free places at the same fee, near in time.

    Args:
        tx: the transaction.
        stopping: what is called off.
        policy: how near.
        without: sessions that are called off as well.
        now: the present moment.
    """
    if policy.replan_notice == timedelta.max:
        return []
    reach = timedelta(days=policy.replan_days)
    values = {
        "department": stopping.department_id,
        "first": stopping.day - reach,
        "last": stopping.day + reach,
        "now": now,
        "soonest": now + policy.replan_notice,
        "fee_class": stopping.fee_class,
        "fee": stopping.fee,
        "item": stopping.item_code,
        "without": list(without),
        "most": MOST_CANDIDATES,
    }
    return [
        Candidate(
            session_id=one[0],
            practitioner_id=one[1],
            day=one[2],
            starts_at=one[3],
            ends_at=one[4],
            free=one[5],
        )
        for one in rows(tx, _CANDIDATES, values)
    ]


def engagements_of(
    tx: Tx, stopping: Stopping, persons: Sequence[str], *, policy: BookingPolicy
) -> Engagements:
    """The other live appointments of some persons on the days in question."""
    reach = timedelta(days=policy.replan_days)
    values = {
        "persons": list(persons),
        "live": _LIVE,
        "session": stopping.session_id,
        "first": stopping.day - reach,
        "last": stopping.day + reach,
    }
    found: dict[str, list[Engagement]] = defaultdict(list)
    for one in rows(tx, _ENGAGEMENTS, values):
        found[one[0]].append(
            Engagement(
                department_id=one[1],
                practitioner_id=one[2],
                day=one[3],
                starts_at=one[4],
                ends_at=one[5],
            )
        )
    return found
