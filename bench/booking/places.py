"""A hospital, its sessions and very many people, as rows: nobody shows twenty thousand faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.core.ids import new_id
from app.core.statements import Tx, rows
from app.partners.service.onboarding import Onboarding
from bench.card.desk import Desk

UNITS: Final = 500
"""Places of a session; as many as one may have."""
_PERSONS: Final = """
INSERT INTO persons (id, citizen_hash, name, citizen_number, created_at)
SELECT 'per_' || lpad(n::text, 26, '0'), sha256(n::text::bytea), '', '', %(now)s
FROM generate_series(%(first)s::int, %(last)s::int) n RETURNING id
"""
_HOSPITAL: Final = (
    """INSERT INTO hospitals (id, merchant_id, name, initials, region, state, created_at,
      state_changed_at)
    VALUES (%(hospital)s, %(merchant)s, '市第一人民医院', 'sdyrmyy', '990100', 'ACTIVE', %(now)s,
      %(now)s) RETURNING id""",
    """INSERT INTO campuses (id, hospital_id, external_id, name, address, latitude, longitude,
      changed_at)
    VALUES (%(campus)s, %(hospital)s, 'C1', '本部', '人民路1号', 30, 120, %(now)s) RETURNING id""",
    """INSERT INTO departments (id, hospital_id, campus_id, external_id, name, initials, state,
      changed_at)
    VALUES (%(department)s, %(hospital)s, %(campus)s, 'D1', '内科', 'nk', 'ACTIVE', %(now)s)
    RETURNING id""",
    """INSERT INTO practitioners (id, hospital_id, external_id, name, initials, title, state,
      changed_at)
    VALUES (%(practitioner)s, %(hospital)s, 'P1', '华佗', 'ht', '主任医师', 'ACTIVE', %(now)s)
    RETURNING id""",
)
_SESSIONS: Final = (
    """INSERT INTO clinic_sessions (id, hospital_id, external_id, department_id, practitioner_id,
      day, half_day, starts_at, ends_at, fee_class, fee, item_code, opens_at, state, created_at,
      state_changed_at)
    SELECT 'ses_' || %(tag)s || lpad(n::text, 25, '0'), %(hospital)s, %(tag)s || n,
      %(department)s, %(practitioner)s, (begins AT TIME ZONE 'Asia/Shanghai')::date, 'morning',
      begins, begins + interval '500 minutes', 'expert', 0, 'YL0001', %(now)s, 'PUBLISHED',
      %(now)s, %(now)s
    FROM generate_series(1, %(count)s::int) n,
      LATERAL (SELECT date_trunc('day', %(now)s AT TIME ZONE 'Asia/Shanghai')
        AT TIME ZONE 'Asia/Shanghai' + interval '3 days 8 hours' AS begins) b RETURNING id""",
    """INSERT INTO unit_pools (id, session_id, channel, size)
    SELECT replace(id, 'ses_', 'poo_'), id, 'app', %(units)s FROM clinic_sessions
    WHERE id = ANY(%(ids)s) RETURNING id""",
    """INSERT INTO slot_units (id, session_id, pool_id, number, starts_at, ends_at, state,
      state_changed_at)
    SELECT replace(s.id, 'ses_', 'unt_') || '_' || n, s.id, replace(s.id, 'ses_', 'poo_'), n,
      s.starts_at + (n - 1) * interval '1 minute', s.starts_at + n * interval '1 minute', 'FREE',
      %(now)s
    FROM clinic_sessions s, generate_series(1, %(units)s::int) n
    WHERE s.id = ANY(%(ids)s) RETURNING id""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """Where people want to go."""

    hospital_id: str
    department_id: str
    practitioner_id: str


def people(tx: Tx, count: int, *, first: int, now: datetime) -> list[str]:
    """Make so many people; returns their ids."""
    values = {"first": first, "last": first + count - 1, "now": now}
    return [str(one[0]) for one in rows(tx, _PERSONS, values)]


def hospital(desk: Desk) -> Hospital:
    """Make a hospital with one department and one doctor."""
    now = desk.clock.now()
    onboarding = Onboarding(
        database=desk.database, clock=desk.clock, known_purposes=frozenset({"01101"})
    )
    values = {
        "merchant": onboarding.add_merchant(name="市第一人民医院"),
        "hospital": new_id("hos", now),
        "campus": new_id("cam", now),
        "department": new_id("dep", now),
        "practitioner": new_id("doc", now),
        "now": now,
    }
    with desk.database.separate() as tx:
        for statement in _HOSPITAL:
            rows(tx, statement, values)
    return Hospital(
        hospital_id=str(values["hospital"]),
        department_id=str(values["department"]),
        practitioner_id=str(values["practitioner"]),
    )


def sessions(
    tx: Tx, where: Hospital, *, count: int, units: int, tag: str, now: datetime
) -> Sequence[str]:
    """Make sessions in three days, open now, each of so many places; returns their ids.

    Args:
        tx: the transaction.
        where: the hospital.
        count: how many.
        units: places of each, a minute long.
        tag: a letter of their ids, another one at each call.
        now: the present moment.
    """
    values: dict[str, object] = {
        "hospital": where.hospital_id,
        "department": where.department_id,
        "practitioner": where.practitioner_id,
        "count": count,
        "units": units,
        "tag": tag,
        "now": now,
    }
    ids = [str(one[0]) for one in rows(tx, _SESSIONS[0], values)]
    for statement in _SESSIONS[1:]:
        rows(tx, statement, {**values, "ids": ids})
    return ids
