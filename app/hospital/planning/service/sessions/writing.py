"""Sessions, pools and numbered places as rows; the caller holds the session's lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from psycopg.types.json import Jsonb

from app.core.ids import new_id
from app.core.statements import Tx, changed, row
from app.hospital.planning.service.sessions.deciding import Change
from app.hospital.planning.service.sessions.planned import Place, PlannedSession, layout
from app.hospital.planning.service.sessions.standing import Standing, Unit
from app.hospital.states import SessionState, UnitState

_SESSION: Final = """
INSERT INTO clinic_sessions (id, hospital_id, external_id, department_id, practitioner_id, day,
  half_day, starts_at, ends_at, fee_class, fee, item_code, opens_at, state, created_at,
  state_changed_at)
VALUES (%(id)s, %(hospital)s, %(external)s, %(department)s, %(practitioner)s, %(day)s,
  %(half_day)s, %(starts_at)s, %(ends_at)s, %(fee_class)s, %(fee)s, %(item_code)s, %(opens_at)s,
  %(state)s, %(now)s, %(now)s)
ON CONFLICT (hospital_id, external_id) DO NOTHING RETURNING id
"""
_POOL: Final = """
INSERT INTO unit_pools (id, session_id, channel, size, gives_back_at)
SELECT id, %(session)s, channel, 0, gives_back_at
FROM unnest(%(ids)s::varchar[], %(channels)s::varchar[], %(times)s::timestamptz[])
  AS one (id, channel, gives_back_at)
ON CONFLICT (session_id, channel) DO UPDATE SET gives_back_at = excluded.gives_back_at
"""
_UNITS: Final = """
INSERT INTO slot_units (id, session_id, pool_id, number, starts_at, ends_at, state,
  state_changed_at)
SELECT one.id, p.session_id, p.id, one.number, one.starts_at, one.ends_at, %(state)s, %(now)s
FROM unnest(%(ids)s::varchar[], %(channels)s::varchar[], %(numbers)s::smallint[],
  %(starts)s::timestamptz[], %(ends)s::timestamptz[])
  AS one (id, channel, number, starts_at, ends_at)
JOIN unit_pools p ON p.session_id = %(session)s AND p.channel = one.channel
"""
# Counted, not computed: a pool has as many places as there are rows, and its row is locked.
_SIZES: Final = """
UPDATE unit_pools p SET size = there.count FROM (
  SELECT pool.id, count(u.id) AS count FROM unit_pools pool
  LEFT JOIN slot_units u ON u.session_id = pool.session_id AND u.pool_id = pool.id
  WHERE pool.session_id = %(session)s GROUP BY pool.id
) AS there
WHERE p.id = there.id AND p.size <> there.count
"""
_DELETE: Final = "DELETE FROM slot_units WHERE id = ANY(%(ids)s)"
_BLOCK: Final = """
UPDATE slot_units SET state = 'BLOCKED', state_changed_at = %(now)s WHERE id = ANY(%(ids)s)
"""
_NEVER: Final = """
UPDATE unit_pools SET gives_back_at = NULL
WHERE session_id = %(session)s AND channel <> ALL(%(channels)s) AND gives_back_at IS NOT NULL
"""
_PUBLISH: Final = (
    """
UPDATE clinic_sessions SET state = 'PUBLISHED', state_changed_at = %(now)s
WHERE id = %(session)s AND state = 'DRAFT'
""",
    """
UPDATE slot_units SET state = 'FREE', state_changed_at = %(now)s
WHERE session_id = %(session)s AND state = 'DRAFT'
""",
)
_PLAN: Final = """
INSERT INTO session_plans (session_id, digest, record, changed_at)
VALUES (%(session)s, %(digest)s, %(record)s, %(now)s)
ON CONFLICT (session_id) DO UPDATE
SET digest = excluded.digest, record = excluded.record, changed_at = excluded.changed_at
"""


def insert(
    tx: Tx, plan: PlannedSession, *, hospital_id: str, opens_at: datetime, now: datetime
) -> str | None:
    """Write a new session with its places; None: there is one of this id already."""
    state = SessionState.PUBLISHED if plan.published else SessionState.DRAFT
    values = {
        "id": new_id("ses", now),
        "hospital": hospital_id,
        "external": plan.external_id,
        "department": plan.department_id,
        "practitioner": plan.practitioner_id,
        "day": plan.day,
        "half_day": plan.half_day,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "fee_class": plan.fee_class,
        "fee": plan.fee,
        "item_code": plan.item_code,
        "opens_at": opens_at,
        "state": state.value,
        "now": now,
    }
    made = row(tx, _SESSION, values)
    if made is None:
        return None
    session_id = str(made[0])
    _write_pools(tx, session_id, plan.gives_back, now)
    _write_units(tx, session_id, layout(plan), first=1, published=plan.published, now=now)
    count_pools(tx, session_id)
    keep_plan(tx, session_id, plan, now)
    return session_id


def apply(tx: Tx, old: Standing, plan: PlannedSession, change: Change, now: datetime) -> list[str]:
    """Change a session that is locked; returns the ids of the public's places that were added free.

    A place that somebody had once is blocked instead of deleted: what happened stays on record.
    """
    if change.columns:
        _set(tx, old.id, change.columns)
    _remove(tx, change.removed, now)
    missing = {place.channel: None for place in change.added if place.channel not in old.pools}
    _write_pools(tx, old.id, {**missing, **change.gives_back}, now)
    changed(tx, _NEVER, {"session": old.id, "channels": list(plan.sizes)})
    published = old.state == SessionState.PUBLISHED
    made = _write_units(tx, old.id, change.added, first=change.first, published=published, now=now)
    count_pools(tx, old.id)
    if change.publish:
        publish(tx, old.id, now)
    keep_plan(tx, old.id, plan, now)
    return _public(change.added, made) if published else []


def publish(tx: Tx, session_id: str, now: datetime) -> None:
    """Let everybody see a draft."""
    for statement in _PUBLISH:
        changed(tx, statement, {"session": session_id, "now": now})


def count_pools(tx: Tx, session_id: str) -> None:
    """Have the pools of a session say how many places they have; their rows are locked."""
    changed(tx, _SIZES, {"session": session_id})


def keep_plan(tx: Tx, session_id: str, plan: PlannedSession, now: datetime) -> None:
    """Remember what the hospital said."""
    values = {
        "session": session_id,
        "digest": plan.digest,
        "record": Jsonb(plan.record),
        "now": now,
    }
    changed(tx, _PLAN, values)


def _public(added: Sequence[Place], ids: Sequence[str]) -> list[str]:
    """Those of the channel `app`; nobody waits for a place at a hospital's window."""
    pairs = zip(added, ids, strict=True)
    return [unit_id for place, unit_id in pairs if place.channel == "app"]


def _write_pools(
    tx: Tx, session_id: str, gives_back: dict[str, datetime | None], now: datetime
) -> None:
    if not gives_back:
        return
    values = {
        "session": session_id,
        "ids": [new_id("poo", now) for _ in gives_back],
        "channels": list(gives_back),
        "times": list(gives_back.values()),
    }
    changed(tx, _POOL, values)


def _write_units(
    tx: Tx,
    session_id: str,
    places: Sequence[Place],
    *,
    first: int,
    published: bool,
    now: datetime,
) -> list[str]:
    if not places:
        return []
    ids = [new_id("unt", now) for _ in places]
    values = {
        "session": session_id,
        "ids": ids,
        "channels": [place.channel for place in places],
        "numbers": list(range(first, first + len(places))),
        "starts": [place.starts_at for place in places],
        "ends": [place.ends_at for place in places],
        "state": (UnitState.FREE if published else UnitState.DRAFT).value,
        "now": now,
    }
    changed(tx, _UNITS, values)
    return ids


def _remove(tx: Tx, units: Sequence[Unit], now: datetime) -> None:
    kept = [unit.id for unit in units if unit.used]
    gone = [unit.id for unit in units if not unit.used]
    if gone:
        changed(tx, _DELETE, {"ids": gone})
    if kept:
        changed(tx, _BLOCK, {"ids": kept, "now": now})


def _set(tx: Tx, session_id: str, columns: dict[str, object]) -> None:
    """Set columns of a session; their names are of this code, never of a file."""
    named = ", ".join(f"{name} = %({name})s" for name in sorted(columns))
    statement = f"UPDATE clinic_sessions SET {named} WHERE id = %(session)s"  # noqa: S608
    changed(tx, statement, {**columns, "session": session_id})
