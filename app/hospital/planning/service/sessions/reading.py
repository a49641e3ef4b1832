"""A hospital's sessions, as its information system and its desk look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from app.core.database import Database
from app.hospital.errors import SESSION_UNKNOWN
from app.hospital.states import SessionState

_PAGE: Final = """
SELECT s.id, s.external_id, d.external_id, d.name, p.external_id, p.name, s.day, s.half_day,
  s.starts_at, s.ends_at, s.fee_class, s.fee, s.opens_at, s.state
FROM clinic_sessions s
JOIN departments d ON d.id = s.department_id JOIN practitioners p ON p.id = s.practitioner_id
WHERE s.hospital_id = %(hospital)s AND s.day = %(day)s AND s.id > %(after)s
  AND (%(department)s::varchar IS NULL OR d.external_id = %(department)s)
  AND (%(id)s::varchar IS NULL OR s.id = %(id)s)
ORDER BY s.id LIMIT %(limit)s
"""
_DAY: Final = "SELECT day FROM clinic_sessions WHERE hospital_id = %(hospital)s AND id = %(id)s"
_RECORD: Final = """
SELECT plan.record, p.external_id, s.state
FROM clinic_sessions s
JOIN session_plans plan ON plan.session_id = s.id
JOIN practitioners p ON p.id = s.practitioner_id
WHERE s.hospital_id = %(hospital)s AND (s.external_id = %(id)s OR s.id = %(id)s)
ORDER BY s.external_id = %(id)s DESC LIMIT 1
"""
_POOLS: Final = """
SELECT p.session_id, p.channel, p.size, p.gives_back_at,
  count(*) FILTER (WHERE u.state IN ('FREE', 'DRAFT')),
  count(*) FILTER (WHERE u.state IN ('HELD', 'OFFERED')),
  count(*) FILTER (WHERE u.state IN ('BOOKED', 'CHECKED_IN', 'SERVED')),
  count(*) FILTER (WHERE u.state = 'BLOCKED')
FROM unit_pools p
LEFT JOIN slot_units u ON u.session_id = p.session_id AND u.pool_id = p.id
WHERE p.session_id = ANY(%(sessions)s)
GROUP BY p.id ORDER BY p.session_id, p.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolView:
    """The places of a channel; the four counts are all of them."""

    channel: str
    size: int
    gives_back_at: datetime | None
    free: int
    held: int
    """Held by somebody who has yet to pay, or offered to the waitlist."""
    booked: int
    """Also those who have come or gone."""
    blocked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session; `external_id`, `department` and `practitioner` are the hospital's own ids."""

    id: str
    external_id: str
    department: str
    department_name: str
    practitioner: str
    practitioner_name: str
    day: date
    half_day: str
    starts_at: datetime
    ends_at: datetime
    fee_class: str
    fee: int
    """Fen."""
    opens_at: datetime
    state: str
    pools: tuple[PoolView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsPage:
    """Some sessions, and the cursor of the next page."""

    items: Sequence[SessionView]
    next: str | None


class SessionReading:
    """Reads them; nothing of it is personal."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def page(
        self,
        hospital_id: str,
        day: date,
        *,
        department: str | None,
        after: str | None,
        limit: int,
    ) -> SessionsPage:
        """Those of a day.

        Args:
            hospital_id: whose.
            day: in China.
            department: the hospital's own id; None: of all.
            after: cursor: the last id of the page before.
            limit: sessions a page.
        """
        names = {
            "hospital": hospital_id,
            "day": day,
            "department": department,
            "id": None,
            "after": after or "",
            "limit": limit + 1,
        }
        found = self._views(names)
        following = found[limit - 1].id if len(found) > limit else None
        return SessionsPage(items=found[:limit], next=following)

    def one(self, hospital_id: str, session_id: str) -> SessionView:
        """One of them, by our id; it is there."""
        names: dict[str, Any] = {"hospital": hospital_id, "id": session_id}
        ((day,),) = self._database.look(_DAY, names)
        more = {"day": day, "department": None, "after": "", "limit": 1}
        (view,) = self._views(names | more)
        return view

    def record(self, hospital_id: str, session_id: str) -> dict[str, Any]:
        """A session as a line of a file: its hospital's last word, and what its steps changed.

        Sent again it changes nothing: a substitute stays, and what was published stays published.

        Args:
            hospital_id: whose.
            session_id: ours, or the hospital's own.

        Raises:
            DomainError: SESSION_UNKNOWN.
        """
        found = self._database.look(_RECORD, {"hospital": hospital_id, "id": session_id})
        if not found:
            raise SESSION_UNKNOWN()
        record, practitioner, state = found[0]
        published = state != SessionState.DRAFT
        return {**record, "practitioner": practitioner, "published": published}

    def _views(self, names: dict[str, Any]) -> list[SessionView]:
        found = self._database.look(_PAGE, names)
        pools = self._pools([one[0] for one in found])
        return [
            SessionView(
                id=one[0],
                external_id=one[1],
                department=one[2],
                department_name=one[3],
                practitioner=one[4],
                practitioner_name=one[5],
                day=one[6],
                half_day=one[7],
                starts_at=one[8],
                ends_at=one[9],
                fee_class=one[10],
                fee=one[11],
                opens_at=one[12],
                state=one[13],
                pools=tuple(pools.get(one[0], ())),
            )
            for one in found
        ]

    def _pools(self, sessions: list[str]) -> dict[str, list[PoolView]]:
        pools: dict[str, list[PoolView]] = {}
        for one in self._database.look(_POOLS, {"sessions": sessions}):
            view = PoolView(
                channel=one[1],
                size=one[2],
                gives_back_at=one[3],
                free=one[4],
                held=one[5],
                booked=one[6],
                blocked=one[7],
            )
            pools.setdefault(one[0], []).append(view)
        return pools
