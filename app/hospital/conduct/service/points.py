"""Makes points, and judges by them (`app.hospital.ports.Conduct`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from app.core.ids import new_id
from app.core.statements import Tx, row, rows
from app.hospital.conduct.counting import Counted, Restriction, restriction_of
from app.hospital.conduct.errors import BOOKING_RESTRICTED
from app.hospital.conduct.service.forgiving import OUTAGE, REACH, excuse, forgive
from app.hospital.conduct.service.journal import announce
from app.hospital.conduct.states import PointKind, PointState
from app.hospital.policy import BookingPolicy
from app.hospital.ports import Rules

_MOST: Final = 500
_POINTS: Final = """
SELECT kind, at, expires_at FROM conduct_points
WHERE person_id = %(person)s AND state IN ('COUNTS', 'APPEALED', 'UPHELD')
  AND expires_at > %(reach)s
ORDER BY at DESC LIMIT %(most)s
"""
_FACTS: Final = f"""
SELECT a.hospital_id, a.ends_at, s.state = 'STOPPED' OR {OUTAGE.format(at="%(now)s")}
FROM appointments a JOIN clinic_sessions s ON s.id = a.session_id WHERE a.id = %(appointment)s
"""  # noqa: S608 - our own conditions
_MAKE: Final = """
INSERT INTO conduct_points (id, person_id, hospital_id, appointment_id, kind, state, at,
  expires_at, rules, state_changed_at)
VALUES (%(id)s, %(person)s, %(hospital)s, %(appointment)s, %(kind)s, 'COUNTS', %(at)s,
  %(expires)s, %(rules)s, %(now)s)
ON CONFLICT (appointment_id) DO NOTHING RETURNING id
"""


class ConductPoints:
    """Counts how people keep their appointments."""

    def __init__(self, *, rules: Rules) -> None:
        """Take the rules."""
        self._rules = rules

    def may_book(self, tx: Tx, person_id: str, hospital_id: str, now: datetime) -> None:
        """Refuse a person who is restricted by the rules of the hospital.

        Points count across the city: it is the person who did not come. Whoever seems restricted is
        looked at once more after what can be forgiven is, so that nobody waits for a sweep.

        Raises:
            DomainError: BOOKING_RESTRICTED with the members `until` and `kind`.
        """
        policy = self._rules.for_hospital(hospital_id)
        found = restriction_in(tx, person_id, policy, now)
        if found is not None and forgive(tx, now, person_id=person_id):
            found = restriction_in(tx, person_id, policy, now)
        if found is not None:
            members = {"until": found.until.isoformat(), "kind": found.kind.value}
            raise BOOKING_RESTRICTED(members=members)

    def cancelled_late(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        """Count a cancellation after its deadline; none of a session called off or in an outage."""
        hospital_id, _, excused = self._facts(tx, appointment_id, now)
        if not excused:
            kind, policy = PointKind.LATE_CANCEL, self._rules.for_hospital(hospital_id)
            point = _values(person_id, hospital_id, appointment_id, kind, policy)
            _made(tx, point, at=now, lasts=policy.late_cancel_within, now=now)

    def no_show(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        """Count an appointment that nobody came to, from the end of its window on.

        Where the session was called off, or there was an outage, it is excused instead.
        """
        hospital_id, ends_at, excused = self._facts(tx, appointment_id, now)
        if excused:
            excuse(tx, appointment_id, now)
            return
        kind, policy = PointKind.NO_SHOW, self._rules.for_hospital(hospital_id)
        point = _values(person_id, hospital_id, appointment_id, kind, policy)
        _made(tx, point, at=min(ends_at, now), lasts=policy.no_show_within, now=now)

    def _facts(self, tx: Tx, appointment_id: str, now: datetime) -> tuple[str, datetime, bool]:
        found = row(tx, _FACTS, {"appointment": appointment_id, "now": now})
        if found is None:
            raise LookupError(appointment_id)
        return found[0], found[1], found[2]


def restriction_in(
    tx: Tx, person_id: str, policy: BookingPolicy, now: datetime
) -> Restriction | None:
    """What keeps a person from booking, as the points stand."""
    values = {"person": person_id, "reach": now - REACH, "most": _MOST}
    points = [
        Counted(kind=PointKind(kind), at=at, expires_at=expires_at)
        for kind, at, expires_at in rows(tx, _POINTS, values)
    ]
    return restriction_of(points, policy, now)


def _values(
    person_id: str, hospital_id: str, appointment_id: str, kind: PointKind, policy: BookingPolicy
) -> dict[str, object]:
    return {
        "person": person_id,
        "hospital": hospital_id,
        "appointment": appointment_id,
        "kind": kind.value,
        "rules": policy.version,
    }


def _made(
    tx: Tx, point: dict[str, object], *, at: datetime, lasts: timedelta, now: datetime
) -> None:
    """Write a point down, once an appointment. Rules that name no end mean a year."""
    expires = at + min(lasts, REACH)
    times = {"id": new_id("cpt", now), "at": at, "expires": expires, "now": now}
    made = row(tx, _MAKE, {**point, **times})
    if made is not None:
        announce(tx, made[0], PointState.COUNTS, now)
