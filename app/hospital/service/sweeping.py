"""What time does to appointments: holds and offers expire, sessions close."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.statements import Tx, changed, rows
from app.hospital.ports import Conduct, Rules, Succession
from app.hospital.service.claiming.moves import Move, move
from app.hospital.service.fees.following import FeeFollowing
from app.hospital.service.fees.rows import look_into, overdue
from app.hospital.states import AppointmentState

_BATCH: Final = 500
_LOOK_AFTER: Final = timedelta(minutes=10)
"""How long a fee may wait for its message before it is looked into without one."""
_EXPIRED: Final = """
SELECT id FROM appointments
WHERE state IN ('OFFERED', 'PENDING_PAYMENT') AND deadline <= %(now)s
ORDER BY deadline LIMIT %(most)s
"""
_OVER: Final = """
SELECT id, hospital_id, ends_at FROM clinic_sessions
WHERE state = 'PUBLISHED' AND ends_at <= %(now)s ORDER BY ends_at LIMIT %(most)s
"""
_CLOSE: Final = """
UPDATE clinic_sessions SET state = 'CLOSED', state_changed_at = %(now)s
WHERE id = %(id)s AND state = 'PUBLISHED' AND ends_at <= %(over)s
"""
_MISSED: Final = """
SELECT a.id FROM appointments AS a JOIN slot_units AS u ON u.id = a.unit_id
WHERE a.session_id = %(id)s AND a.state = 'BOOKED' ORDER BY u.id
"""
_BOOKED: Final = frozenset({AppointmentState.BOOKED})
log = structlog.get_logger("hospital")


class AppointmentSweep:
    """Housekeeping.

    Nobody is harmed by its being late: a hold whose time is over is refused to its holder when it
    is paid late, and its place comes back a little later.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        rules: Rules,
        conduct: Conduct,
        succession: Succession,
        following: FeeFollowing,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._rules = rules
        self._conduct = conduct
        self._succession = succession
        self._following = following

    def sweep(self) -> dict[str, int]:
        """Do all that is due, at most 500 of each kind; returns how many of each."""
        return {
            "appointments": self.expire(),
            "clinic_sessions": self.close(),
            "appointment_fees": self.follow_fees(),
        }

    def expire(self) -> int:
        """Expire holds and offers whose deadline has passed, each by itself."""
        now = self._clock.now()
        due = self._database.look(_EXPIRED, {"now": now, "most": _BATCH})
        return sum(self._expire(str(appointment_id)) for (appointment_id,) in due)

    def close(self) -> int:
        """Close sessions that are over; whoever is still booked in one did not come."""
        now = self._clock.now()
        over = self._database.look(_OVER, {"now": now, "most": _BATCH})
        due = [
            (str(session_id), self._grace(hospital_id))
            for session_id, hospital_id, ends_at in over
            if now - ends_at >= self._grace(hospital_id)
        ]
        return sum(self._close(session_id, grace) for session_id, grace in due)

    def follow_fees(self) -> int:
        """Look into fees whose message was lost or given up; returns how many."""
        before = self._clock.now() - _LOOK_AFTER
        with self._database.direct() as tx:
            waiting = overdue(tx, before=before, most=_BATCH)
        for fee_id in waiting:
            try:
                self._following.follow(fee_id)
            except DomainError as refused:
                log.warning("fee_waits", fee=fee_id, code=refused.kind.code)
        return len(waiting)

    def _expire(self, appointment_id: str) -> bool:
        """Expire one; False where a payment, a cancellation or another sweep came first."""
        now = self._clock.now()
        step = Move(state=AppointmentState.EXPIRED, actor="system", too_late=now)
        with self._database.direct() as tx:
            moved = move(tx, appointment_id, step, now)
            if moved is None:
                return False
            look_into(tx, appointment_id, now)
            self._succession.vacated(tx, moved.unit_id, moved.session_id, now)
        return True

    def _close(self, session_id: str, grace: timedelta) -> bool:
        """Close one session, and count who did not come, in one transaction.

        1. It is published, and was over long enough ago: one conditional update. A session that
           was called off is not, so nobody is a no-show of it.
        2. Whoever is booked and was not checked in is a no-show.
        """
        now = self._clock.now()
        with self._database.direct() as tx:
            over = {"id": session_id, "over": now - grace, "now": now}
            if not changed(tx, _CLOSE, over):  # 1
                return False
            for (appointment_id,) in rows(tx, _MISSED, {"id": session_id}):
                self._miss(tx, str(appointment_id), now)  # 2
        return True

    def _miss(self, tx: Tx, appointment_id: str, now: datetime) -> None:
        step = Move(state=AppointmentState.NOSHOW, actor="system", only_from=_BOOKED)
        moved = move(tx, appointment_id, step, now)
        if moved is not None:
            self._conduct.no_show(tx, appointment_id, moved.person_id, now)

    def _grace(self, hospital_id: str) -> timedelta:
        return self._rules.for_hospital(hospital_id).closes_after


def expire_until(stop: threading.Event, sweep: AppointmentSweep, pause_s: float) -> None:
    """Expire holds and offers again and again until `stop` is set: places come back in seconds."""
    while not stop.is_set():
        try:
            sweep.expire()
        except DomainError as refused:  # the database is away; it is there again some time
            log.warning("expiry_waits", code=refused.kind.code)
        stop.wait(pause_s)
