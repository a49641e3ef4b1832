"""Finding sessions, with live counts: a page is chosen first, and only its places are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import INVALID_FIELD
from app.core.statements import Row
from app.hospital.errors import SESSION_UNKNOWN
from app.hospital.finding.service.days import local_day
from app.hospital.finding.service.distance import NOWHERE, Near, metres, values
from app.hospital.finding.service.places import Page
from app.hospital.finding.service.views import (
    CampusView,
    DoctorView,
    Found,
    Named,
    SessionView,
    WindowView,
)
from app.hospital.finding.service.words import meaning_of

_AHEAD: Final = timedelta(days=13)
_MOST_AHEAD: Final = timedelta(days=30)
_OF_SESSION: Final = """
  SELECT s.id, s.state, s.day, s.half_day, s.starts_at, s.ends_at, s.fee_class, s.fee, s.opens_at,
    h.id AS hospital, h.name AS hospital_name, d.id AS department, d.name AS department_name,
    p.id AS practitioner, p.name AS practitioner_name, p.title,
    c.id AS campus, c.name AS campus_name, c.address, c.latitude, c.longitude, {metres} AS far
  FROM clinic_sessions s JOIN practitioners p ON p.id = s.practitioner_id
  JOIN departments d ON d.id = s.department_id JOIN campuses c ON c.id = d.campus_id
  JOIN hospitals h ON h.id = s.hospital_id
"""
# The index of free places answers the count: `FREE` is written out so that it fits.
_COUNTED: Final = """
SELECT page.*, coalesce(pool.size, 0), (
  SELECT count(*) FROM slot_units u
  WHERE u.pool_id = pool.id AND u.state = 'FREE' AND u.ends_at > %(now)s)
FROM page LEFT JOIN unit_pools pool ON pool.session_id = page.id AND pool.channel = 'app'
"""
_SEARCH: Final = (
    "WITH page AS MATERIALIZED ("
    + _OF_SESSION
    + """
  WHERE s.state = 'PUBLISHED' AND s.day BETWEEN %(first)s AND %(last)s AND s.ends_at > %(now)s
    AND h.state = 'ACTIVE' AND d.state = 'ACTIVE' AND p.state = 'ACTIVE' AND {where}
  ORDER BY {order} LIMIT %(limit)s
)"""
    + _COUNTED
    + "ORDER BY {shown}"
)
_ONE: Final = (
    "WITH page AS MATERIALIZED ("
    + _OF_SESSION.format(metres=NOWHERE)
    + "WHERE s.id = %(id)s AND s.state <> 'DRAFT')"
    + _COUNTED
)
_WINDOWS: Final = """
SELECT u.starts_at, u.ends_at, count(*)
FROM slot_units u JOIN unit_pools pool ON pool.id = u.pool_id
WHERE pool.session_id = %(id)s AND pool.channel = 'app' AND u.state = 'FREE'
  AND u.ends_at > %(now)s
GROUP BY u.starts_at, u.ends_at ORDER BY u.starts_at, u.ends_at
"""
_CURSOR: Final = (
    "SELECT s.day, {metres}, s.starts_at FROM clinic_sessions s "
    "JOIN departments d ON d.id = s.department_id JOIN campuses c ON c.id = d.campus_id "
    "WHERE s.id = %(cursor)s"
)
_CONDITIONS: Final[Mapping[str, str]] = {
    "hospital": "s.hospital_id = %(hospital)s",
    "department": "s.department_id = %(department)s",
    "practitioner": "s.practitioner_id = %(practitioner)s",
    "half_day": "s.half_day = %(half_day)s",
    "fee_class": "s.fee_class = %(fee_class)s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWish:
    """What somebody looks for; None: whatever it is."""

    q: str | None = None
    hospital: str | None = None
    department: str | None = None
    practitioner: str | None = None
    first: date | None = None
    """None: today."""
    last: date | None = None
    """None: thirteen days after the first, which is as far as can be booked."""
    half_day: str | None = None
    fee_class: str | None = None
    near: Near | None = None


class SessionFinding:
    """Finds sessions; anybody may."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def page(self, wish: SessionWish, page: Page) -> Found[SessionView]:
        """Published sessions that are not over, the earliest first.

        Of each day the nearest come first where somebody says where they are.

        Raises:
            DomainError: SEARCH_TOO_BROAD, or INVALID_FIELD for a cursor nobody was given.
        """
        now, near = self._clock.now(), wish.near
        meaning = meaning_of(self._database, wish.q or "")
        if meaning is None:
            return Found(items=[], next=None)
        named = {**meaning.values, **self._filters(wish, now), **values(near)}
        where = [*meaning.conditions, *_conditions(wish)]
        if page.cursor is not None:
            where.append(_AFTER[near is not None].format(metres=metres(near)))
            named |= self._reached(page.cursor, near)
        statement = _SEARCH.format(
            metres=metres(near),
            where=" AND ".join(["true", *where]),
            order=_ORDER[near is not None].format(metres=metres(near)),
            shown=_SHOWN[near is not None],
        )
        found = self._database.look(statement, {**named, "now": now, "limit": page.limit + 1})
        items = [_session(row, near=near, now=now) for row in found[: page.limit]]
        return Found(items=items, next=items[-1].id if len(found) > page.limit else None)

    def one(self, session_id: str) -> SessionView:
        """A session that is or was published.

        Raises:
            DomainError: SESSION_UNKNOWN.
        """
        now = self._clock.now()
        found = self._database.look(_ONE, {"id": session_id, "now": now})
        if not found:
            raise SESSION_UNKNOWN()
        return _session(found[0], near=None, now=now)

    def windows(self, session: SessionView) -> Sequence[WindowView]:
        """When places of a session are free; none unless it can still be booked."""
        if session.status != "PUBLISHED":
            return []
        values_of = {"id": session.id, "now": self._clock.now()}
        found = self._database.look(_WINDOWS, values_of)
        return [WindowView(starts_at=row[0], ends_at=row[1], free=row[2]) for row in found]

    def _filters(self, wish: SessionWish, now: datetime) -> dict[str, Any]:
        first = wish.first or local_day(now)
        return {
            **{name: getattr(wish, name) for name in _CONDITIONS},
            "first": first,
            "last": min(wish.last or first + _AHEAD, first + _MOST_AHEAD),
        }

    def _reached(self, cursor: str, near: Near | None) -> dict[str, Any]:
        asked = {**values(near), "cursor": cursor}
        found = self._database.look(_CURSOR.format(metres=metres(near)), asked)
        if not found:
            raise INVALID_FIELD(pointer="/cursor")
        day, far, starts_at = found[0]
        return {"cursor": cursor, "reached": day, "far": far, "reached_at": starts_at}


# A day in China begins before the next: the time alone gives the same order as day and time.
_ORDER: Final = {False: "s.day, s.starts_at, s.id", True: "s.day, {metres}, s.starts_at, s.id"}
_SHOWN: Final = {False: "day, starts_at, id", True: "day, far, starts_at, id"}
_AFTER: Final = {
    False: "(s.day, s.starts_at, s.id) > (%(reached)s::date, %(reached_at)s::timestamptz,"
    " %(cursor)s::varchar)",
    True: "(s.day, {metres}, s.starts_at, s.id) > (%(reached)s::date, %(far)s::integer,"
    " %(reached_at)s::timestamptz, %(cursor)s::varchar)",
}


def _conditions(wish: SessionWish) -> list[str]:
    where = [sql for name, sql in _CONDITIONS.items() if getattr(wish, name) is not None]
    if wish.near is not None and wish.near.within is not None:
        where.append(f"{metres(wish.near)} <= %(within)s")
    return where


def _session(row: Row, *, near: Near | None, now: datetime) -> SessionView:
    campus = CampusView(
        id=row[16],
        name=row[17],
        address=row[18],
        latitude=row[19],
        longitude=row[20],
        distance=None if near is None else row[21],
    )
    bookable = row[1] == "PUBLISHED" and row[5] > now
    return SessionView(
        id=row[0],
        status=row[1],
        day=row[2],
        half_day=row[3],
        starts_at=row[4],
        ends_at=row[5],
        fee_class=row[6],
        fee=row[7],
        opens_at=row[8],
        hospital=Named(id=row[9], name=row[10]),
        department=Named(id=row[11], name=row[12]),
        practitioner=DoctorView(id=row[13], name=row[14], title=row[15]),
        campus=campus,
        open=bookable and row[8] <= now,
        places=row[22],
        free=row[23] if bookable else 0,
    )
