"""Which certificates are to be upgraded, and whose turn each one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.documents.models import ArchiveJob

WAITING: Final = "waiting"
WORKING: Final = "working"
DONE: Final = "done"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePolicy:
    """Times of the job."""

    lease: timedelta = timedelta(minutes=2)
    """How long an attempt may take: several times what all its requests may together."""
    first_pause: timedelta = timedelta(seconds=15)
    """After the first failure; twice as long after each further one."""
    longest_pause: timedelta = timedelta(hours=1)

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts."""
        # Bounded before it is raised: 2 to a large number is a number nobody needs.
        doubled: timedelta = self.first_pause * 2 ** min(attempts - 1, 20)
        return min(doubled, self.longest_pause)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTurn:
    """A certificate that is ours to upgrade until the lease ends."""

    id: str
    claim: str
    attempts: int
    """This one included."""


def take(tx: Session, *, now: datetime, lease: timedelta) -> ArchiveTurn | None:
    """Claim the job that is due longest, by one update; None: nothing is due.

    Two processes never get the same one: the row is locked by the first, and passed over by the
    second. One whose lease has ended is due again, for whoever had it is taken for dead.
    """
    job = ArchiveJob
    due = or_(
        and_(job.state == WAITING, job.due_at <= now),
        and_(job.state == WORKING, job.claimed_until <= now),
    )
    next_one = (
        select(job.id).where(due).order_by(job.due_at).limit(1).with_for_update(skip_locked=True)
    )
    claim = new_id("clm", now)
    taken = tx.execute(
        update(job)
        .where(job.id == next_one.scalar_subquery())
        .values(state=WORKING, claim=claim, claimed_until=now + lease, attempts=job.attempts + 1)
        .returning(job.id, job.attempts)
    ).one_or_none()
    if taken is None:
        return None
    return ArchiveTurn(id=taken.id, claim=claim, attempts=taken.attempts)


def finish(tx: Session, turn: ArchiveTurn) -> bool:
    """Write down that it is done; False: somebody else has the turn by now."""
    return _end(tx, turn, state=DONE, failure=None)


def refuse(tx: Session, turn: ArchiveTurn, *, failure: str) -> bool:
    """Write down that it will never be done; False as `finish`."""
    return _end(tx, turn, state=REFUSED, failure=failure)


def put_off(tx: Session, turn: ArchiveTurn, *, failure: str, until: datetime) -> bool:
    """Let it be tried again later; False as `finish`."""
    return _end(tx, turn, state=WAITING, failure=failure, due_at=until)


def count_open(tx: Session) -> int:
    """How many are still to be done."""
    found = select(func.count()).where(ArchiveJob.state.in_((WAITING, WORKING)))
    return tx.scalar(found) or 0


def _end(
    tx: Session, turn: ArchiveTurn, *, state: str, failure: str | None, **changes: datetime
) -> bool:
    mine = and_(ArchiveJob.id == turn.id, ArchiveJob.claim == turn.claim)
    ended = tx.execute(
        update(ArchiveJob)
        .where(mine)
        .values(state=state, failure=failure, claim=None, claimed_until=None, **changes)
        .returning(ArchiveJob.id)
    )
    return ended.one_or_none() is not None
