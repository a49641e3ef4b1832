"""Moving an appointment, and its place with it: one conditional update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from psycopg.types.json import Jsonb

from app.core.statements import Tx, row, rows
from app.hospital.service.claiming.journal import announce
from app.hospital.states import (
    APPOINTMENT_MOVES,
    CLAIMING,
    AppointmentState,
    UnitState,
    sources,
)

_LOCK: Final = """
SELECT u.id FROM slot_units u WHERE u.id = (SELECT unit_id FROM appointments WHERE id = %(id)s)
FOR UPDATE
"""
_MOVE: Final = """
WITH moved AS (
  UPDATE appointments SET
    state = %(state)s, sequence = sequence + 1, state_changed_at = %(now)s,
    deadline = coalesce(%(deadline)s, deadline)
  WHERE id = %(id)s AND state = ANY(%(sources)s)
    AND (%(in_time)s::timestamptz IS NULL OR deadline > %(in_time)s)
    AND (%(too_late)s::timestamptz IS NULL OR deadline <= %(too_late)s)
  RETURNING id, person_id, hospital_id, session_id, unit_id, sequence, fee
), noted AS (
  INSERT INTO appointment_events (appointment_id, sequence, kind, at, actor, detail)
  SELECT id, sequence, %(kind)s, %(now)s, %(actor)s, %(detail)s FROM moved
), unit AS (
  UPDATE slot_units SET state = %(unit_state)s, state_changed_at = %(now)s
  FROM moved WHERE slot_units.id = moved.unit_id
)
SELECT id, person_id, hospital_id, session_id, unit_id, sequence, fee FROM moved
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step of an appointment."""

    state: AppointmentState
    """Where to."""
    actor: str
    """`patient`, `agent`, `hospital` or `system`."""
    leaves: UnitState = UnitState.FREE
    """What becomes of the place where the new state has none: FREE or BLOCKED."""
    only_from: frozenset[AppointmentState] | None = None
    """Narrows the sources the table of moves allows."""
    in_time: datetime | None = None
    """The deadline must not have passed by then."""
    too_late: datetime | None = None
    """The deadline must have passed by then."""
    deadline: datetime | None = None
    """A new one."""
    detail: Mapping[str, object] = field(default_factory=dict)
    """Of the event: reasons, ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An appointment after its step."""

    appointment_id: str
    person_id: str
    hospital_id: str
    session_id: str
    unit_id: str
    sequence: int
    fee: int
    """Fen."""


def move(tx: Tx, appointment_id: str, step: Move, now: datetime) -> Moved | None:
    """Move an appointment and its place, in the transaction at hand.

    The place is locked before the appointment, as everywhere. Where the place is left free the
    caller lets the waitlist have it before the transaction ends.

    Returns:
        The appointment, or None: another step came first, or the deadline forbids it.
    """
    allowed = sources(APPOINTMENT_MOVES, step.state)
    if step.only_from is not None:
        allowed = tuple(state for state in allowed if state in step.only_from)
    rows(tx, _LOCK, {"id": appointment_id})
    values = {
        "id": appointment_id,
        "state": step.state.value,
        "sources": [state.value for state in allowed],
        "unit_state": CLAIMING.get(step.state, step.leaves).value,
        "in_time": step.in_time,
        "too_late": step.too_late,
        "deadline": step.deadline,
        "now": now,
        "kind": step.state.value.lower(),
        "actor": step.actor,
        "detail": Jsonb(dict(step.detail)),
    }
    found = row(tx, _MOVE, values)
    if found is None:
        return None
    moved = Moved(
        appointment_id=found[0],
        person_id=found[1],
        hospital_id=found[2],
        session_id=found[3],
        unit_id=found[4],
        sequence=found[5],
        fee=found[6],
    )
    announce(
        tx, moved.appointment_id, sequence=moved.sequence, kind=step.state.value.lower(), at=now
    )
    return moved
