"""Points that go away by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx, rows
from app.hospital.conduct.service.journal import announce
from app.hospital.conduct.states import PointKind, PointState
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState

_BATCH: Final = 500
_MOST_BATCHES: Final = 20
_RECENT: Final = timedelta(days=7)
REACH: Final = timedelta(days=366)
"""How long a restriction lasts at most: what expired earlier has no part in one any more."""
OUTAGE: Final = """
EXISTS (SELECT FROM booking_outages o
  WHERE (o.hospital_id IS NULL OR o.hospital_id = a.hospital_id)
    AND (tstzrange(o.starts_at, o.ends_at) && tstzrange(a.starts_at, a.ends_at)
      OR (o.starts_at <= {at} AND {at} < o.ends_at)))
"""
"""An outage at the time of the appointment `a`, or at another moment."""
_FORGIVE: Final = f"""
WITH due AS (
  SELECT p.id, CASE
    WHEN s.state = 'STOPPED' THEN 'STOPPED'
    WHEN {OUTAGE.format(at="p.at")} THEN 'OUTAGE'
    WHEN p.kind = 'LATE_CANCEL' AND EXISTS (SELECT FROM appointments b
      JOIN appointment_events v ON v.appointment_id = b.id AND v.kind = 'booked' AND v.at >= p.at
      WHERE b.session_id = a.session_id AND b.unit_id = a.unit_id AND b.id <> a.id) THEN 'REFILLED'
    END AS why
  FROM conduct_points p
  JOIN appointments a ON a.id = p.appointment_id
  JOIN clinic_sessions s ON s.id = a.session_id
  WHERE p.state IN ('COUNTS', 'APPEALED', 'UPHELD') AND p.expires_at > %(reach)s
    AND (%(since)s::timestamptz IS NULL OR a.ends_at > %(since)s)
    AND (%(person)s::varchar IS NULL OR p.person_id = %(person)s)
)
UPDATE conduct_points SET state = 'FORGIVEN', forgiven_for = due.why, state_changed_at = %(now)s
FROM due WHERE conduct_points.id IN (SELECT id FROM due WHERE why IS NOT NULL LIMIT %(most)s)
  AND conduct_points.id = due.id AND conduct_points.state IN ('COUNTS', 'APPEALED', 'UPHELD')
RETURNING conduct_points.id, conduct_points.kind, conduct_points.appointment_id
"""  # noqa: S608 - our own conditions


def forgive(
    tx: Tx, now: datetime, *, person_id: str | None = None, since: datetime | None = None
) -> int:
    """Forgive what is to be forgiven; returns how many points, 10,000 at most.

    1. The session was called off: a hospital's cancellation never counts against a patient.
    2. There was an outage at the time.
    3. Somebody else was booked on the place that was cancelled late, even if not for long.

    A no-show that is forgiven is excused.

    Args:
        tx: the transaction.
        now: the present moment.
        person_id: only of this person.
        since: only of appointments that ended, or will, after that.
    """
    values = {
        "now": now,
        "reach": now - REACH,
        "person": person_id,
        "since": since,
        "most": _BATCH,
    }
    forgiven = 0
    for _ in range(_MOST_BATCHES):
        found = rows(tx, _FORGIVE, values)
        for point_id, kind, appointment_id in sorted(found):
            if kind == PointKind.NO_SHOW:
                excuse(tx, appointment_id, now)
            announce(tx, point_id, PointState.FORGIVEN, now)
        forgiven += len(found)
        if len(found) < _BATCH:
            break
    return forgiven


def excuse(tx: Tx, appointment_id: str, now: datetime) -> None:
    """Let a no-show not count, in the appointment's own state."""
    step = Move(state=AppointmentState.EXCUSED, actor="system")
    move(tx, appointment_id, step, now)


class ConductSweep:
    """Housekeeping. Nobody is refused a booking because it is late: that is looked at anew."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def sweep(self) -> int:
        """Forgive points of appointments of these days; returns how many."""
        now = self._clock.now()
        with self._database.direct() as tx:
            return forgive(tx, now, since=now - _RECENT)
