"""A city's hospitals with fourteen days of sessions, as rows; nobody real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import Connection

FAMILY: Final = (
    ("赵", "z"), ("钱", "q"), ("孙", "s"), ("李", "l"), ("周", "z"),
    ("吴", "w"), ("郑", "z"), ("王", "w"), ("冯", "f"), ("陈", "c"),
)  # fmt: skip
GIVEN: Final = (
    ("安", "a"), ("柏", "b"), ("辰", "c"), ("丹", "d"), ("恩", "e"),
    ("帆", "f"), ("歌", "g"), ("禾", "h"), ("嘉", "j"), ("可", "k"),
)  # fmt: skip
DEPARTMENTS: Final = (
    ("内科", "nk"), ("外科", "wk"), ("骨科", "gk"), ("儿科", "ek"), ("眼科", "yk"),
    ("口腔科", "kqk"), ("皮肤科", "pfk"), ("妇产科", "fck"), ("中医科", "zyk"), ("康复科", "kfk"),
)  # fmt: skip
_IDS: Final = """
CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS varchar LANGUAGE sql IMMUTABLE
AS $$ SELECT kind || '_' || lpad(to_hex(n), 26, '0') $$
"""
MERCHANT: Final = "mer_" + "1".zfill(26)
HOSPITAL: Final = "hos_" + "1".zfill(26)
"""The first of the hospitals, and its merchant."""
# Triggers that look at each of 840,000 places again would take minutes; what is planted agrees.
_CHECKED: Final = ("slot_units", "unit_pools", "clinic_sessions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much."""

    doctors: int = 1000
    hospitals: int = 10
    days: int = 14
    places: int = 30
    """Of a session; each doctor has two a day. Two places of five are taken."""


def plant(connection: Connection[Any], size: Size, *, now: datetime) -> int:
    """Plant hospitals, departments, doctors, sessions and places into an empty database.

    Returns:
        How many places there are.
    """
    values = {
        "now": now,
        "doctors": size.doctors,
        "hospitals": size.hospitals,
        "days": size.days,
        "places": size.places,
        "families": [one[0] for one in FAMILY],
        "givens": [one[0] for one in GIVEN],
        "family_initials": [one[1] for one in FAMILY],
        "given_initials": [one[1] for one in GIVEN],
        "departments": [one[0] for one in DEPARTMENTS],
        "department_initials": [one[1] for one in DEPARTMENTS],
    }
    with connection.transaction():
        connection.execute(_IDS)
        for table in _CHECKED:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in _STATEMENTS:
            connection.execute(statement, values)
        for table in _CHECKED:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")
    return size.doctors * size.days * 2 * size.places


_STATEMENTS: Final = (
    """
INSERT INTO merchants (id, name, kind, region, state, created_at, state_changed_at)
SELECT pg_temp.id('mer', n), '市第' || n || '人民医院', 'hospital', '990100', 'ACTIVE', %(now)s,
  %(now)s
FROM generate_series(1, %(hospitals)s) n
""",
    """
INSERT INTO hospitals (id, merchant_id, name, initials, region, state, created_at, state_changed_at)
SELECT pg_temp.id('hos', n), pg_temp.id('mer', n), '市第' || n || '人民医院', 'sd' || n || 'rmyy',
  '990100', 'ACTIVE', %(now)s, %(now)s
FROM generate_series(1, %(hospitals)s) n
""",
    """
INSERT INTO campuses (id, hospital_id, external_id, name, address, latitude, longitude,
  changed_at)
SELECT pg_temp.id('cam', 2 * n + k), pg_temp.id('hos', n), 'C' || k, '院区' || k,
  '人民路' || n || '号',
  30 + (n * 7 %% 10) / 10.0 + k / 50.0, 120 + (n * 3 %% 10) / 10.0, %(now)s
FROM generate_series(1, %(hospitals)s) n, generate_series(0, 1) k
""",
    """
INSERT INTO departments (id, hospital_id, campus_id, external_id, name, initials, state, changed_at)
SELECT pg_temp.id('dep', 10 * n + k), pg_temp.id('hos', n),
  pg_temp.id('cam', 2 * n + k %% 2), 'D' || k,
  (%(departments)s::text[])[k + 1], (%(department_initials)s::text[])[k + 1], 'ACTIVE', %(now)s
FROM generate_series(1, %(hospitals)s) n, generate_series(0, 9) k
""",
    """
INSERT INTO practitioners (id, hospital_id, external_id, name, initials, title, state, changed_at)
SELECT pg_temp.id('doc', n), pg_temp.id('hos', 1 + n %% %(hospitals)s), 'P' || n,
  (%(families)s::text[])[1 + n %% 10] || (%(givens)s::text[])[1 + n / 10 %% 10]
    || (%(givens)s::text[])[1 + n / 100 %% 10],
  (%(family_initials)s::text[])[1 + n %% 10] || (%(given_initials)s::text[])[1 + n / 10 %% 10]
    || (%(given_initials)s::text[])[1 + n / 100 %% 10],
  '主任医师', 'ACTIVE', %(now)s
FROM generate_series(0, %(doctors)s - 1) n
""",
    """
INSERT INTO clinic_sessions (id, hospital_id, external_id, department_id, practitioner_id, day,
  half_day, starts_at, ends_at, fee_class, fee, item_code, opens_at, state, created_at,
  state_changed_at)
SELECT pg_temp.id('ses', (n * 100 + d) * 2 + half), pg_temp.id('hos', 1 + n %% %(hospitals)s),
  'S' || n || '-' || d || '-' || half,
  pg_temp.id('dep', 10 * (1 + n %% %(hospitals)s) + n / 10 %% 10), pg_temp.id('doc', n),
  (%(now)s AT TIME ZONE 'Asia/Shanghai')::date + d, (ARRAY['morning', 'afternoon'])[1 + half],
  at, at + interval '3 hours', (ARRAY['ordinary', 'expert'])[1 + n / 7 %% 2], 5000, 'YL0001',
  %(now)s - interval '1 hour', 'PUBLISHED', %(now)s, %(now)s
FROM generate_series(0, %(doctors)s - 1) n, generate_series(1, %(days)s) d,
  generate_series(0, 1) half,
  LATERAL (SELECT (((%(now)s AT TIME ZONE 'Asia/Shanghai')::date + d)
    + make_interval(hours => 8 + 6 * half)) AT TIME ZONE 'Asia/Shanghai' AS at) AS begins
""",
    """
INSERT INTO unit_pools (id, session_id, channel, size)
SELECT 'poo' || substr(id, 4), id, 'app', %(places)s FROM clinic_sessions
WHERE id LIKE 'ses!_0000%%' ESCAPE '!' -- others' sessions have places already
""",
    """
INSERT INTO slot_units (id, session_id, pool_id, number, starts_at, ends_at, state,
  state_changed_at)
SELECT 'unt_' || lpad(to_hex(n), 4, '0') || substr(s.id, 9), s.id, 'poo' || substr(s.id, 4), n,
  s.starts_at + (n - 1) * (s.ends_at - s.starts_at) / %(places)s,
  s.starts_at + n * (s.ends_at - s.starts_at) / %(places)s,
  CASE WHEN n %% 5 < 2 THEN 'BLOCKED' ELSE 'FREE' END, %(now)s
FROM clinic_sessions s, generate_series(1, %(places)s) n
WHERE s.id LIKE 'ses!_0000%%' ESCAPE '!'
""",
)
