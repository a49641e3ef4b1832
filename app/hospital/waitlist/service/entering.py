"""Entering the waitlist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.statements import Tx, changed, row
from app.hospital.policy import BookingPolicy
from app.hospital.ports import Conduct, Rules
from app.hospital.service.local import last_day, today
from app.hospital.waitlist.errors import (
    WAITLIST_DAYS,
    WAITLIST_MEMBER_TWICE,
    WAITLIST_NOWHERE,
    WAITLIST_PLACE_FREE,
    WAITLIST_TOO_MANY,
)
from app.hospital.waitlist.ports import Mandates
from app.hospital.waitlist.service.matching import MEETS

REGISTRATION: Final = "01101"
"""The national purpose of registering at a hospital."""
_WHERE: Final = """
SELECT EXISTS (SELECT FROM hospitals WHERE id = %(hospital)s AND state = 'ACTIVE'),
  EXISTS (SELECT FROM departments WHERE id = %(department)s AND hospital_id = %(hospital)s
    AND state = 'ACTIVE'),
  %(practitioner)s::varchar IS NULL OR EXISTS (SELECT FROM practitioners
    WHERE id = %(practitioner)s AND hospital_id = %(hospital)s AND state = 'ACTIVE'),
  %(session)s::varchar IS NULL OR EXISTS (SELECT FROM clinic_sessions
    WHERE id = %(session)s AND department_id = %(department)s AND state = 'PUBLISHED'
    AND opens_at <= %(now)s AND ends_at > %(now)s
    AND day BETWEEN %(from_day)s AND %(to_day)s
    AND (%(practitioner)s::varchar IS NULL OR practitioner_id = %(practitioner)s))
"""
_MEMBERS_OF_WHERE: Final = ("/hospital_id", "/department_id", "/practitioner_id", "/session_id")
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('waitlist:' || %(person)s, 0))"
_OPEN: Final = """
SELECT count(*) FROM waitlist_members m JOIN waitlist_entries e ON e.id = m.entry_id
WHERE m.person_id = %(person)s AND e.state IN ('WAITING', 'OFFERED')
"""
_ENTER: Final = """
INSERT INTO waitlist_entries (id, person_id, hospital_id, department_id, practitioner_id,
  session_id, from_day, to_day, half_days, most_fee, automatic, state, created_at,
  state_changed_at)
VALUES (%(id)s, %(person)s, %(hospital)s, %(department)s, %(practitioner)s, %(session)s,
  %(from_day)s, %(to_day)s, %(half_days)s, %(most_fee)s, %(automatic)s, 'WAITING', %(now)s,
  %(now)s)
"""
_MEMBER: Final = """
INSERT INTO waitlist_members (entry_id, person_id, mandate_id)
VALUES (%(entry)s, %(person)s, %(mandate)s)
"""
_FREE: Final = f"""
SELECT s.id FROM waitlist_entries e
JOIN clinic_sessions s ON s.department_id = e.department_id
WHERE e.id = %(entry)s AND {MEETS} AND s.state = 'PUBLISHED' AND s.opens_at <= %(now)s
  AND (SELECT count(*) FROM slot_units u JOIN unit_pools p ON p.id = u.pool_id
    WHERE p.session_id = s.id AND p.channel = 'app' AND u.state = 'FREE'
      AND u.starts_at > %(now)s) >= %(people)s
ORDER BY s.starts_at, s.id LIMIT 1
"""  # noqa: S608 - our own conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody waits for."""

    hospital_id: str
    department_id: str
    practitioner_id: str | None
    """None: any doctor."""
    session_id: str | None
    """None: any session."""
    from_day: date
    to_day: date
    """Included."""
    half_days: Sequence[str]
    most_fee: int
    """Fen, for each place."""
    automatic: bool
    mandates: Sequence[str | None]
    """One for each place: None is the caller's own, the others are whom they may book for."""


class WaitlistEntering:
    """Makes entries."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        rules: Rules,
        conduct: Conduct,
        mandates: Mandates,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._rules = rules
        self._conduct = conduct
        self._mandates = mandates

    def enter(self, citizen: Citizen, wish: Wish) -> str:
        """Wait for a place, or for one for each of several people who go together.

        1. Hospital, department, doctor and session are there and belong together; the session has
           opened.
        2. The days can be booked now: an entry is no way around the release of a later day.
        3. The caller may book for everybody they name; the log of each says so.
        4. Nobody of them is restricted.
        5. Nobody of them has too many open entries, however many enter them at once.
        6. There is no place that could be booked instead.

        Returns:
            The id of the entry.

        Raises:
            DomainError: WAITLIST_NOWHERE, WAITLIST_DAYS, WAITLIST_MEMBER_TWICE, WAITLIST_TOO_MANY,
                WAITLIST_PLACE_FREE, why a mandate does not hold, or why somebody may not book.
        """
        now = self._clock.now()
        policy = self._rules.for_hospital(wish.hospital_id)
        with self._database.direct() as tx:
            _require_where(tx, wish, now)  # 1
            _require_days(wish, policy, now)  # 2
            members = self._members(tx, citizen, wish)  # 3
            for person_id in sorted(members):
                self._conduct.may_book(tx, person_id, wish.hospital_id, now)  # 4
                _require_room(tx, person_id, policy)  # 5
            entry_id = _written(tx, citizen, wish, members, now)
            _require_nothing_free(tx, entry_id, len(members), now)  # 6
        return entry_id

    def _members(self, tx: Tx, citizen: Citizen, wish: Wish) -> Mapping[str, str | None]:
        members: dict[str, str | None] = {}
        for n, mandate_id in enumerate(wish.mandates):
            person_id, actor = (
                citizen.person_id,
                Actor(kind="self", id=citizen.thumbprint, name="本人"),
            )
            if mandate_id is not None:
                held = self._mandates.hold(tx, mandate_id=mandate_id, agent_id=citizen.person_id)
                person_id = held.principal_id
                actor = Actor(kind="family", id=mandate_id, name=held.agent_name)
            if person_id in members:
                raise WAITLIST_MEMBER_TWICE(pointer=f"/people/{n}")
            members[person_id] = mandate_id
            self._accesses.record(
                person_id=person_id,
                actor=actor,
                action=actions.WAITLIST_ENTERED,
                purpose=REGISTRATION,
            )
        return members


def _require_where(tx: Tx, wish: Wish, now: datetime) -> None:
    values = {
        "hospital": wish.hospital_id,
        "department": wish.department_id,
        "practitioner": wish.practitioner_id,
        "session": wish.session_id,
        "from_day": wish.from_day,
        "to_day": wish.to_day,
        "now": now,
    }
    there = row(tx, _WHERE, values) or ()
    for pointer, found in zip(_MEMBERS_OF_WHERE, there, strict=True):
        if not found:
            raise WAITLIST_NOWHERE(pointer=pointer)


def _require_days(wish: Wish, policy: BookingPolicy, now: datetime) -> None:
    if not today(now) <= wish.from_day <= wish.to_day:
        raise WAITLIST_DAYS(pointer="/from_day")
    if wish.to_day > last_day(policy, now):
        raise WAITLIST_DAYS(pointer="/to_day")


def _require_room(tx: Tx, person_id: str, policy: BookingPolicy) -> None:
    row(tx, _LOCK, {"person": person_id})
    found = row(tx, _OPEN, {"person": person_id})
    if found is None or found[0] >= policy.most_waiting:
        raise WAITLIST_TOO_MANY()


def _written(
    tx: Tx, citizen: Citizen, wish: Wish, members: Mapping[str, str | None], now: datetime
) -> str:
    values: dict[str, Any] = {
        "id": new_id("wle", now),
        "person": citizen.person_id,
        "hospital": wish.hospital_id,
        "department": wish.department_id,
        "practitioner": wish.practitioner_id,
        "session": wish.session_id,
        "from_day": wish.from_day,
        "to_day": wish.to_day,
        "half_days": sorted(set(wish.half_days)),
        "most_fee": wish.most_fee,
        "automatic": wish.automatic,
        "now": now,
    }
    changed(tx, _ENTER, values)
    for person_id, mandate_id in members.items():
        member = {"entry": values["id"], "person": person_id, "mandate": mandate_id}
        changed(tx, _MEMBER, member)
    return str(values["id"])


def _require_nothing_free(tx: Tx, entry_id: str, people: int, now: datetime) -> None:
    found = row(tx, _FREE, {"entry": entry_id, "people": people, "now": now})
    if found is not None:
        raise WAITLIST_PLACE_FREE(members={"session_id": found[0]})
