"""Delivers what is due, one message a transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session, aliased

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.outbox.models import OutboxMessage
from app.outbox.ports import Message, Postponed, Topic

_JITTER_STEPS: Final = 1 << 20
log = structlog.get_logger("outbox")


class Dispatcher:
    """Hands messages to their handlers, each to one dispatcher at a time.

    1. A message is claimed by a lock on its row (`FOR UPDATE SKIP LOCKED`), held until the
       transaction that marks it as delivered ends: two dispatchers never have the same one, and
       the lock of one that dies is gone with its connection.
    2. A message is due only when no earlier one of its key waits: order within a key holds, also
       while one is being tried again. One that was given up waits no longer.
    3. A handler's writes and the mark commit together, or neither does: nothing is lost, and what
       happens in the database happens once.
    4. A failed attempt costs a pause that doubles, with jitter, and in the end the message is
       set aside, where an operator sees it.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        topics: Mapping[str, Topic],
        randbelow: Callable[[int], int],
    ) -> None:
        """Take the ports.

        Args:
            database: where the messages are.
            clock: tells what is due.
            topics: handlers by topic; messages of other topics stay where they are.
            randbelow: randomness, for the jitter.
        """
        self._database = database
        self._clock = clock
        self._topics = dict(topics)
        self._randbelow = randbelow

    def run(self, *, most: int) -> int:
        """Try what is due.

        Args:
            most: messages of this call.

        Returns:
            How many were tried; fewer than `most`: nothing more is due.

        Raises:
            DomainError: UNAVAILABLE when the database does not answer.
        """
        tried = 0
        while tried < most and self._one():
            tried += 1
        return tried

    def _one(self) -> bool:
        with self._database.transaction() as tx:
            row = tx.scalars(_next_due(self._topics.keys(), self._clock.now())).first()  # 1, 2
            if row is None:
                return False
            topic = self._topics[row.topic]
            postponed = _handled(tx, topic, row)  # 3
            now = self._clock.now()
            if postponed is None:
                _write(tx, row, delivered_at=now, failure=None)
            else:
                self._postpone(tx, row, topic, postponed, now)  # 4
        return True

    def _postpone(
        self, tx: Session, row: OutboxMessage, topic: Topic, postponed: Postponed, now: datetime
    ) -> None:
        attempts = row.attempts + (1 if postponed.counts else 0)
        if attempts >= topic.retries.most:
            log.error("message_given_up", kind=row.topic, error=postponed.failure)
            _write(tx, row, attempts=attempts, failure=postponed.failure, dead_at=now)
            return
        jitter = self._randbelow(_JITTER_STEPS) / _JITTER_STEPS
        due = now + topic.retries.pause(max(1, attempts), jitter=jitter)
        due = max(due, postponed.not_before or due)
        _write(tx, row, attempts=attempts, failure=postponed.failure, due_at=due)


def _next_due(topics: Collection[str], now: datetime) -> Select[OutboxMessage]:
    earlier = aliased(OutboxMessage)
    waits = exists().where(
        earlier.key == OutboxMessage.key,
        earlier.number < OutboxMessage.number,
        earlier.delivered_at.is_(None),
        earlier.dead_at.is_(None),
    )
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.delivered_at.is_(None),
            OutboxMessage.dead_at.is_(None),
            OutboxMessage.due_at <= now,
            OutboxMessage.topic.in_(topics),
            ~waits,
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.number)
        .limit(1)
        .with_for_update(skip_locked=True, of=OutboxMessage)
    )


def _handled(tx: Session, topic: Topic, row: OutboxMessage) -> Postponed | None:
    message = Message(
        id=row.id,
        topic=row.topic,
        key=row.key,
        payload=row.payload,
        created_at=row.created_at,
        attempts=row.attempts,
    )
    try:
        with tx.begin_nested():
            return topic.handler(message)
    except DomainError as refused:
        return Postponed(failure=refused.kind.code)
    except Exception as failed:  # noqa: BLE001 - one handler's fault must not stop the others
        log.error("message_failed", kind=row.topic, error=type(failed).__name__)
        return Postponed(failure=type(failed).__name__)


def _write(tx: Session, row: OutboxMessage, **values: Any) -> None:  # noqa: ANN401 - columns
    tx.execute(
        update(OutboxMessage)
        .where(OutboxMessage.number == row.number)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
