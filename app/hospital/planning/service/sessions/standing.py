"""A session as it stands, read under lock: the session first, then its pools, then its places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from app.core.statements import Tx, row, rows
from app.hospital.states import LIVE, SessionState, UnitState

_SESSION: Final = """
SELECT s.id, s.state, s.department_id, s.practitioner_id, s.day, s.half_day, s.starts_at, s.ends_at,
  s.fee_class, s.fee, s.item_code, s.opens_at, p.digest, p.record
FROM clinic_sessions s LEFT JOIN session_plans p ON p.session_id = s.id
WHERE s.hospital_id = %(hospital)s AND s.external_id = %(external)s
"""
_LOCKED: Final = _SESSION + "FOR NO KEY UPDATE OF s"
_POOLS: Final = """
SELECT channel, id, size, gives_back_at FROM unit_pools WHERE session_id = %(session)s ORDER BY id
"""
_UNITS: Final = """
SELECT u.id, u.number, u.pool_id, u.state, u.starts_at, u.ends_at
FROM slot_units u WHERE u.session_id = %(session)s ORDER BY u.number
"""
# By a statement of its own: one that waits for a lock would count by what it saw before it waited.
_CLAIMS: Final = """
SELECT unit_id, bool_or(state = ANY(%(live)s)) FROM appointments
WHERE session_id = %(session)s GROUP BY unit_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The places of one channel."""

    id: str
    size: int
    gives_back_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One place."""

    id: str
    number: int
    channel: str
    state: UnitState
    starts_at: datetime
    ends_at: datetime
    used: bool
    """Whether somebody has or had it: then the row stays for the record."""

    @property
    def open(self) -> bool:
        """Whether nobody has it."""
        return self.state in {UnitState.FREE, UnitState.DRAFT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A session and all that hangs on it."""

    id: str
    state: SessionState
    department_id: str
    practitioner_id: str
    day: date
    half_day: str
    starts_at: datetime
    ends_at: datetime
    fee_class: str
    fee: int
    item_code: str
    opens_at: datetime
    digest: str | None
    """Of the hospital's last record; None: there was none."""
    record: dict[str, Any] | None
    pools: dict[str, Pool]
    units: tuple[Unit, ...]
    live: bool
    """Whether anybody has a place."""


def standing(tx: Tx, *, hospital_id: str, external_id: str, lock: bool) -> Standing | None:
    """Read a session by its hospital's own id; None: there is none.

    Args:
        tx: the transaction.
        hospital_id: whose.
        external_id: the hospital's own.
        lock: keep session, pools and places as they are until the transaction ends.
    """
    names = {"hospital": hospital_id, "external": external_id}
    found = row(tx, _LOCKED if lock else _SESSION, names)
    if found is None:
        return None
    end = "FOR UPDATE" if lock else ""
    of_session = {"session": found[0], "live": [state.value for state in LIVE]}
    pools = {
        channel: Pool(id=pool_id, size=size, gives_back_at=gives_back_at)
        for channel, pool_id, size, gives_back_at in rows(tx, _POOLS + end, of_session)
    }
    places = rows(tx, _UNITS + end, of_session)
    claims: dict[str, bool] = dict(rows(tx, _CLAIMS, of_session))
    return Standing(
        id=found[0],
        state=SessionState(found[1]),
        department_id=found[2],
        practitioner_id=found[3],
        day=found[4],
        half_day=found[5],
        starts_at=found[6],
        ends_at=found[7],
        fee_class=found[8],
        fee=found[9],
        item_code=found[10],
        opens_at=found[11],
        digest=found[12],
        record=found[13],
        pools=pools,
        units=_units(places, pools, set(claims)),
        live=any(claims.values()),
    )


def _units(
    places: list[tuple[Any, ...]], pools: dict[str, Pool], used: set[str]
) -> tuple[Unit, ...]:
    channels = {pool.id: channel for channel, pool in pools.items()}
    return tuple(
        Unit(
            id=unit_id,
            number=number,
            channel=channels[pool_id],
            state=UnitState(state),
            starts_at=starts_at,
            ends_at=ends_at,
            used=unit_id in used,
        )
        for unit_id, number, pool_id, state, starts_at, ends_at in places
    )
