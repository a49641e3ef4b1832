"""Pauses after failed verifications, for a person and for a device.

Counting is by the keyed hash of what was typed, so a pause says nothing about whether such a
person exists. A device that makes itself a new key escapes its own count, not the person's.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import Insert, insert

from app.core.clock import Clock
from app.core.database import Database
from app.identity.errors import VERIFICATION_PAUSED
from app.identity.models.lockout import Lockout

FAILURES: Final = 5
FIRST_PAUSE: Final = timedelta(minutes=30)
LONGEST_PAUSE: Final = timedelta(days=1)
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""Without a failure and without a pause, the count begins anew."""
_MOST_DOUBLINGS: Final = 6  # 30 min · 2^6 is beyond a day; keeps the power small


def person_subject(person_hash: bytes) -> str:
    """The name under which failures against one person are counted."""
    return f"person:{person_hash.hex()}"


def device_subject(thumbprint: str) -> str:
    """The name under which failures of one device are counted."""
    return f"device:{thumbprint}"


class Lockouts:
    """Counts failures and tells who has to wait."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def check(self, *subjects: str) -> None:
        """Refuse while any of the subjects is paused.

        Raises:
            DomainError: VERIFICATION_PAUSED with Retry-After.
        """
        now = self._clock.now()
        until = func.max(Lockout.paused_until)
        # Separate: no connection is held while the registry is asked afterwards.
        with self._database.separate() as tx:
            paused = tx.scalar(
                select(until).where(Lockout.subject.in_(subjects), Lockout.paused_until > now)
            )
        if paused is not None:
            raise VERIFICATION_PAUSED(retry_after=math.ceil((paused - now).total_seconds()))

    def count(self, *subjects: str) -> None:
        """Count one failed session; the fifth in a row begins a pause, each twice the last."""
        with self._database.transaction() as tx:
            for subject in sorted(subjects):  # one order for all, so that two never deadlock
                tx.execute(_counting(subject, self._clock.now()))

    def clear(self, subject: str) -> None:
        """Forget the failures of a subject that has just passed."""
        with self._database.transaction() as tx:
            tx.execute(delete(Lockout).where(Lockout.subject == subject))

    def sweep(self) -> int:
        """Delete what is forgotten; returns how many."""
        with self._database.separate() as tx:
            gone = delete(Lockout).where(_forgotten(self._clock.now())).returning(Lockout.subject)
            return len(tx.scalars(gone).all())


def _forgotten(now: datetime) -> ColumnElement[bool]:
    quiet_since = now - FORGOTTEN_AFTER
    return and_(
        Lockout.failed_at <= quiet_since,
        or_(Lockout.paused_until.is_(None), Lockout.paused_until <= quiet_since),
    )


def _counting(subject: str, now: datetime) -> Insert:
    """One statement, so that failures at the same moment are all counted."""
    forgotten = _forgotten(now)
    full = Lockout.failures + 1 >= FAILURES
    doublings = func.least(Lockout.pauses, _MOST_DOUBLINGS)
    seconds = func.least(
        FIRST_PAUSE.total_seconds() * func.power(2, doublings), LONGEST_PAUSE.total_seconds()
    )
    new = insert(Lockout).values(
        subject=subject, failures=1, pauses=0, paused_until=None, failed_at=now
    )
    return new.on_conflict_do_update(
        index_elements=[Lockout.subject],
        set_={
            "failures": case((forgotten, 1), (full, 0), else_=Lockout.failures + 1),
            "pauses": case((forgotten, 0), (full, Lockout.pauses + 1), else_=Lockout.pauses),
            "paused_until": case(
                (forgotten, None),
                (full, func.to_timestamp(now.timestamp() + seconds)),
                else_=Lockout.paused_until,
            ),
            "failed_at": now,
        },
    )
