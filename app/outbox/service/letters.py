"""What the operator sees of the outbox: what waits, what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update

from app.core.clock import Clock
from app.core.database import Database
from app.outbox.errors import DEAD_LETTER_UNKNOWN
from app.outbox.models import OutboxMessage

READ_SCOPE: Final = "queues.read"
RETRY_SCOPE: Final = "queues.retry"
_KEEP: Final = timedelta(days=7)
_SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was given up."""

    id: str
    topic: str
    key: str
    attempts: int
    failure: str
    dead_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxState:
    """How the outbox stands."""

    waiting: int
    overdue_seconds: int
    """How long the oldest message that is due has been; 0 where none is."""
    dead: int
    letters: Sequence[DeadLetter]
    """The latest of the dead ones."""


class OutboxKeeper:
    """Looks after the outbox."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def state(self) -> OutboxState:
        """How the outbox stands now."""
        row, now = OutboxMessage, self._clock.now()
        pending = row.delivered_at.is_(None) & row.dead_at.is_(None)
        latest = select(row).where(row.dead_at.is_not(None)).order_by(row.number.desc())
        with self._database.transaction() as tx:
            waiting = tx.scalar(select(func.count()).where(pending)) or 0
            since = tx.scalar(select(func.min(row.due_at)).where(pending)) or now
            dead = tx.scalar(select(func.count()).where(row.dead_at.is_not(None))) or 0
            letters = [_letter(one) for one in tx.scalars(latest.limit(_SHOWN))]
        overdue = max(0, int((now - since).total_seconds()))
        return OutboxState(waiting=waiting, overdue_seconds=overdue, dead=dead, letters=letters)

    def revive(self, message_id: str) -> None:
        """Have a message that was given up tried again from the beginning.

        Raises:
            DomainError: DEAD_LETTER_UNKNOWN.
        """
        change = (
            update(OutboxMessage)
            .where(OutboxMessage.id == message_id, OutboxMessage.dead_at.is_not(None))
            .values(dead_at=None, attempts=0, due_at=self._clock.now())
            .returning(OutboxMessage.id)
        )
        with self._database.transaction() as tx:
            if tx.scalar(change) is None:
                raise DEAD_LETTER_UNKNOWN()

    def sweep(self) -> int:
        """Forget what was delivered a week ago; returns how many. Dead letters stay."""
        over = delete(OutboxMessage).where(OutboxMessage.delivered_at < self._clock.now() - _KEEP)
        with self._database.separate() as tx:
            return len(tx.scalars(over.returning(OutboxMessage.number)).all())


def _letter(row: OutboxMessage) -> DeadLetter:
    return DeadLetter(
        id=row.id,
        topic=row.topic,
        key=row.key,
        attempts=row.attempts,
        failure=row.failure or "",
        dead_at=row.dead_at or row.due_at,  # never the latter: only dead ones are asked for
    )
