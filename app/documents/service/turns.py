"""Taking turns: what is due, whose turn it is, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.documents.turn_models import WAITING, WORKING, TurnRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPolicy:
    """Times of the work."""

    first_pause: timedelta
    """After the first failure; twice as long after each further one."""
    lease: timedelta = timedelta(minutes=2)
    """How long an attempt may take: several times what all its requests may together."""
    longest_pause: timedelta = timedelta(hours=1)

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts."""
        # Bounded before it is raised: 2 to a large number is a number nobody needs.
        doubled: timedelta = self.first_pause * 2 ** min(attempts - 1, 20)
        return min(doubled, self.longest_pause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A certificate that is ours to see to until the lease ends."""

    id: str
    claim: str
    attempts: int
    """This one included."""


def take(tx: Session, row: type[TurnRow], *, now: datetime, lease: timedelta) -> Turn | None:
    """Claim what is due longest, by one update; None: nothing is due.

    Two processes never get the same one: the row is locked by the first, and passed over by the
    second. One whose lease has ended is due again, for whoever had it is taken for dead.
    """
    due = or_(
        and_(row.state == WAITING, row.due_at <= now),
        and_(row.state == WORKING, row.claimed_until <= now),
    )
    next_one = (
        select(row.id).where(due).order_by(row.due_at).limit(1).with_for_update(skip_locked=True)
    )
    claim = new_id("clm", now)
    taken = tx.execute(
        update(row)
        .where(row.id == next_one.scalar_subquery())
        .values(state=WORKING, claim=claim, claimed_until=now + lease, attempts=row.attempts + 1)
        .returning(row.id, row.attempts)
    ).one_or_none()
    if taken is None:
        return None
    return Turn(id=taken.id, claim=claim, attempts=taken.attempts)


def end(
    tx: Session, row: type[TurnRow], turn: Turn, *, state: str, **changes: str | datetime | None
) -> bool:
    """Write down what became of it; False: somebody else has the turn by now.

    Args:
        tx: the transaction.
        row: the table.
        turn: ours.
        state: where it ends, or WAITING.
        changes: of other columns.
    """
    ended = tx.execute(
        update(row)
        .where(row.id == turn.id, row.claim == turn.claim)
        .values(state=state, claim=None, claimed_until=None, **changes)
        .returning(row.id)
    )
    return ended.one_or_none() is not None


def put_off(tx: Session, row: type[TurnRow], turn: Turn, *, failure: str, until: datetime) -> bool:
    """Let it be tried again later; False as `end`."""
    return end(tx, row, turn, state=WAITING, failure=failure, due_at=until)


def count_open(tx: Session, row: type[TurnRow]) -> int:
    """How many are still to be seen to."""
    return tx.scalar(select(func.count()).where(row.state.in_((WAITING, WORKING)))) or 0
