"""Taking a place: one statement finds it, takes it and writes the appointment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Final

from psycopg.types.json import Jsonb

from app.core.ids import new_id
from app.core.statements import Tx, row
from app.hospital.service.claiming.journal import ANNOUNCING, announcement
from app.hospital.service.claiming.quotas import quotas_kept
from app.hospital.states import CLAIMING, AppointmentState

# Whoever opens a session opens it to a channel: the pool is found by that name. One value, not a
# join: only then does the index of free places tell the lowest number without reading all of them.
_TAKE: Final = """
WITH pool AS (
  SELECT p.id, s.id AS session_id, s.hospital_id, s.department_id, s.practitioner_id, s.day, s.fee
  FROM unit_pools p JOIN clinic_sessions s ON s.id = p.session_id
  WHERE p.session_id = %(session)s AND p.channel = %(channel)s AND s.state = 'PUBLISHED' {session}
), unit AS (
  UPDATE slot_units SET state = %(unit_state)s, state_changed_at = %(now)s
  WHERE id = (
    SELECT u.id FROM slot_units u
    WHERE u.pool_id = (SELECT id FROM pool) AND u.state = 'FREE' AND u.ends_at > %(now)s {place}
    ORDER BY u.number LIMIT 1 FOR UPDATE SKIP LOCKED
  ) AND state = 'FREE'
  RETURNING id, number, starts_at, ends_at
), made AS (
  INSERT INTO appointments (
    id, person_id, agent_id, mandate_id, hospital_id, department_id, practitioner_id, session_id,
    unit_id, day, starts_at, ends_at, state, source, fee, deadline, extended, consent, replaces,
    sequence, created_at, state_changed_at)
  SELECT %(id)s, %(person)s, %(agent)s, %(mandate)s, pool.hospital_id, pool.department_id,
    pool.practitioner_id, pool.session_id, unit.id, pool.day, unit.starts_at, unit.ends_at,
    %(state)s, %(source)s, pool.fee, %(deadline)s, false, %(consent)s, %(replaces)s, 1, %(now)s,
    %(now)s
  FROM unit, pool
  RETURNING id, hospital_id, unit_id, starts_at, ends_at, fee
), noted AS (
  INSERT INTO appointment_events (appointment_id, sequence, kind, at, actor, detail)
  SELECT made.id, 1, %(kind)s, %(now)s, %(actor)s, %(detail)s FROM made
), announced AS ({announcing})
SELECT made.id, made.hospital_id, made.unit_id, unit.number, made.starts_at, made.ends_at, made.fee
FROM made, unit
"""
_OF_SESSION: Final = {"opened": "s.opens_at <= %(opened)s", "fee": "s.fee = %(fee)s"}
_OF_PLACE: Final = {"window": "u.starts_at = %(window)s", "unit": "u.id = %(unit)s"}
_WISHES: Final = (*_OF_SESSION, *_OF_PLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A place that somebody wants."""

    person_id: str
    """The patient."""
    session_id: str
    state: AppointmentState
    """OFFERED, PENDING_PAYMENT, or BOOKED where nothing has to be paid first."""
    deadline: datetime | None
    """Of an offer or a hold."""
    channel: str = "app"
    source: str = "public"
    actor: str = "patient"
    consent: str = "none"
    opened: datetime | None = None
    """The session must have opened by then; None: whether it has does not matter."""
    fee: int | None = None
    """The session must cost this now, fen; None: whatever it costs."""
    window: datetime | None = None
    """The place must begin then; None: the lowest number."""
    unit_id: str | None = None
    """It must be this place."""
    agent_id: str | None = None
    mandate_id: str | None = None
    replaces: str | None = None
    """The appointment that is given up for it."""
    detail: Mapping[str, object] = field(default_factory=dict)
    """Of the first event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A place that was taken."""

    appointment_id: str
    hospital_id: str
    unit_id: str
    number: int
    starts_at: datetime
    ends_at: datetime
    fee: int
    """Fen."""


def claim(tx: Tx, wanted: Wanted, now: datetime) -> Claimed | None:
    """Take a free place, in the transaction at hand.

    1. The session is published, open and of the fee where that is asked for, and the place's
       window is not over.
    2. The place was free, and nobody else has it: places that others are about to take are passed
       over.
    3. The person's quotas are kept, by indexes of the database.

    Args:
        tx: the transaction; after a refusal of a quota it cannot go on.
        wanted: what for whom.
        now: the present moment.

    Returns:
        The place, or None where none is free.

    Raises:
        DomainError: what `quotas_kept` refuses.
    """
    values: dict[str, object] = {
        "id": new_id("apt", now),
        "person": wanted.person_id,
        "agent": wanted.agent_id,
        "mandate": wanted.mandate_id,
        "session": wanted.session_id,
        "channel": wanted.channel,
        "opened": wanted.opened,
        "fee": wanted.fee,
        "window": wanted.window,
        "unit": wanted.unit_id,
        "unit_state": CLAIMING[wanted.state].value,
        "state": wanted.state.value,
        "source": wanted.source,
        "deadline": wanted.deadline,
        "consent": wanted.consent,
        "replaces": wanted.replaces,
        "now": now,
        "kind": wanted.state.value.lower(),
        "actor": wanted.actor,
        "detail": Jsonb(dict(wanted.detail)),
    }
    wishes = frozenset(name for name in _WISHES if values[name] is not None)
    values |= announcement(str(values["id"]), sequence=1, kind=str(values["kind"]), at=now)
    with quotas_kept():  # 3
        found = row(tx, _take(wishes), values)  # 1, 2
    if found is None:
        return None
    return Claimed(
        appointment_id=found[0],
        hospital_id=found[1],
        unit_id=found[2],
        number=found[3],
        starts_at=found[4],
        ends_at=found[5],
        fee=found[6],
    )


@cache
def _take(wishes: frozenset[str]) -> str:
    """The statement for those who have these wishes.

    Each combination has its own: a condition that may or may not count would have the server plan
    the statement anew each time, which costs as much as all of its work.
    """
    return _TAKE.format(
        session=_conditions(_OF_SESSION, wishes),
        place=_conditions(_OF_PLACE, wishes),
        announcing=ANNOUNCING.format(source="made"),
    )


def _conditions(known: Mapping[str, str], wishes: frozenset[str]) -> str:
    return " ".join(f"AND {known[name]}" for name in known if name in wishes)
