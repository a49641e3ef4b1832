"""Pauses after failed verifications, for a person, a device and a network address.

Counting is by the keyed hash of what was typed, so a pause says nothing about whether such a
person exists. A device that makes itself a new key escapes its own count, not the person's; who
tries one person after another with new keys does not escape the address's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from app.core.clock import Clock
from app.core.database import Database
from app.identity.errors import VERIFICATION_PAUSED
from app.identity.models.lockout import FAILURES, Lockout

ADDRESS_FAILURES: Final = 20
"""How many failed sessions from one address begin a pause, unless the operator says otherwise.
Behind it may be a whole office, or the customers of a mobile carrier; what passes there is set off
against what fails."""
FIRST_PAUSE: Final = timedelta(minutes=30)
LONGEST_PAUSE: Final = timedelta(days=1)
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""Without a failure and without a pause, the count begins anew."""
TOLD_WITHIN: Final = timedelta(days=30)
"""So long a person's failures are remembered for them to be told of; a sign-in lasts no longer
unless the operator wants it to."""
_MOST_DOUBLINGS: Final = 6  # 30 min · 2^6 is beyond a day; keeps the power small
ADDRESS_USE: Final = "address"
"""The use under which a network address is hashed."""
_PERSON, _DEVICE, _ADDRESS = "person", "device", "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What somebody who has just passed should know: others may have tried in their name."""

    failed_sessions: int
    """Since they last passed."""
    last_failed_at: datetime


def person_subject(person_hash: bytes) -> str:
    """The name under which failures against one person are counted."""
    return f"{_PERSON}:{person_hash.hex()}"


def device_subject(thumbprint: str) -> str:
    """The name under which failures of one device are counted."""
    return f"{_DEVICE}:{thumbprint}"


def address_subject(address_hash: bytes) -> str:
    """The name under which failures from one network address are counted."""
    return f"{_ADDRESS}:{address_hash.hex()}"


class Lockouts:
    """Counts failures and tells who has to wait."""

    def __init__(
        self, *, database: Database, clock: Clock, address_failures: int = ADDRESS_FAILURES
    ) -> None:
        """Take the ports, and how many failures begin an address's pause."""
        self._database = database
        self._clock = clock
        self._address_failures = address_failures

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
        """Count one failed session; the last allowed begins a pause, each twice the one before."""
        with self._database.transaction() as tx:
            for subject in sorted(subjects):  # one order for all, so that two never deadlock
                limit = self._address_failures if _is_address(subject) else FAILURES
                tx.execute(_counting(subject, self._clock.now(), limit=limit))

    def clear(self, subject: str) -> Notice | None:
        """Forget the failures of a subject that has just passed; returns what there was."""
        gone = (
            delete(Lockout)
            .where(Lockout.subject == subject)
            .returning(Lockout.failed_sessions, Lockout.failed_at)
        )
        with self._database.transaction() as tx:
            row = tx.execute(gone).one_or_none()
        if row is None or not row.failed_sessions:
            return None
        return Notice(failed_sessions=row.failed_sessions, last_failed_at=row.failed_at)

    def ease(self, subject: str) -> None:
        """Set a pass off against one failure: many people share the subject."""
        eased = (
            update(Lockout)
            .where(Lockout.subject == subject, Lockout.failures > 0)
            .values(failures=Lockout.failures - 1)
        )
        with self._database.transaction() as tx:
            tx.execute(eased)

    def sweep(self) -> int:
        """Delete what is forgotten; returns how many."""
        with self._database.separate() as tx:
            gone = delete(Lockout).where(_over(self._clock.now())).returning(Lockout.subject)
            return len(tx.scalars(gone).all())


def _over(now: datetime) -> ColumnElement[bool]:
    told = Lockout.subject.startswith(f"{_PERSON}:") & (Lockout.failed_at > now - TOLD_WITHIN)
    return and_(_forgotten(now), ~told)


def _forgotten(now: datetime) -> ColumnElement[bool]:
    quiet_since = now - FORGOTTEN_AFTER
    return and_(
        Lockout.failed_at <= quiet_since,
        or_(Lockout.paused_until.is_(None), Lockout.paused_until <= quiet_since),
    )


def _is_address(subject: str) -> bool:
    return subject.startswith(f"{_ADDRESS}:")


def _counting(subject: str, now: datetime, *, limit: int) -> Insert:
    """One statement, so that failures at the same moment are all counted."""
    forgotten = _forgotten(now)
    full = Lockout.failures + 1 >= limit
    doublings = func.least(Lockout.pauses, _MOST_DOUBLINGS)
    seconds = func.least(
        FIRST_PAUSE.total_seconds() * func.power(2, doublings), LONGEST_PAUSE.total_seconds()
    )
    new = insert(Lockout).values(
        subject=subject,
        failures=1,
        pauses=0,
        paused_until=None,
        failed_at=now,
        failed_sessions=1,
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
            "failed_sessions": Lockout.failed_sessions + 1,
        },
    )
