"""Delivers what is due: one message a transaction, or many where nothing but rows come of them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session, aliased

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.statements import Row, finally_run, rows
from app.outbox.models import OutboxMessage
from app.outbox.ports import Message, Postponed, Topic

_JITTER_STEPS: Final = 1 << 20
# As `_next_due`, several at once: those of a key whose earlier ones may be among them, and how many
# these are.
_CLAIM: Final = """
SELECT number, (SELECT count(*) FROM (SELECT FROM outbox_messages AS earlier
    WHERE earlier.key = message.key AND earlier.number < message.number
      AND earlier.delivered_at IS NULL AND earlier.dead_at IS NULL LIMIT %(most)s) AS those),
  id, topic, key, payload, created_at, attempts
FROM outbox_messages AS message
WHERE delivered_at IS NULL AND dead_at IS NULL AND due_at <= %(now)s AND topic = ANY(%(topics)s)
  AND NOT EXISTS (SELECT FROM outbox_messages AS earlier
    WHERE earlier.key = message.key AND earlier.number < message.number
      AND earlier.delivered_at IS NULL AND earlier.dead_at IS NULL
      AND (earlier.due_at > %(now)s OR earlier.topic <> ALL(%(topics)s)))
ORDER BY due_at, number LIMIT %(most)s FOR UPDATE OF message SKIP LOCKED
"""
_IS_ANY_DUE: Final = """
SELECT FROM outbox_messages
WHERE delivered_at IS NULL AND dead_at IS NULL AND due_at <= %(now)s AND topic = ANY(%(topics)s)
LIMIT 1
"""
_DELIVERED: Final = """
UPDATE outbox_messages SET delivered_at = %(now)s, failure = NULL WHERE number = ANY(%(numbers)s)
"""
_FIELDS: Final = ("id", "topic", "key", "payload", "created_at", "attempts")
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
    5. Messages of topics that can be handled together are, in one transaction. If that fails,
       nothing of it is done, and each is handled by itself by the rules above.
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
        together = {name for name, topic in self._topics.items() if topic.together is not None}
        self._together = sorted(together)
        self._alone = sorted(self._topics.keys() - together)
        self._gathering = threading.Lock()

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
        while tried < most:
            many = self._many(most - tried)
            # As many of the others, so that neither sort has to wait for the other's end.
            ones = self._ones(self._alone, min(most - tried - many, max(many, 1)))
            if not many and not ones:
                break
            tried += many + ones
        return tried

    def _many(self, most: int) -> int:
        """Handle together what can be, up to `most`; one thread at a time, so that it is many."""
        if not self._together or not self._gathering.acquire(blocking=False):
            return 0
        try:
            return self._handled_together(most)
        except Exception as failed:  # noqa: BLE001 - found out below, message by message
            log.warning("messages_part", error=type(failed).__name__)
            return self._ones(self._together, most)  # 5
        finally:
            self._gathering.release()

    def _handled_together(self, most: int) -> int:
        now = self._clock.now()
        with self._database.direct() as tx:
            claim = {"now": now, "topics": self._together, "most": most}
            claimed = _in_order(rows(tx, _CLAIM, claim))  # 1, 2
            if not claimed:
                return 0
            for name, messages in _by_topic([Message(**_named(row)) for row in claimed]).items():
                together = self._topics[name].together
                if together is not None:
                    together(tx, messages)  # 3
            delivered = {"now": self._clock.now(), "numbers": [row[0] for row in claimed]}
            finally_run(tx, _DELIVERED, delivered)
        return len(claimed)

    def _ones(self, topics: Sequence[str], most: int) -> int:
        tried, wanted = 0, {"now": self._clock.now(), "topics": topics}
        if not self._database.look(_IS_ANY_DUE, wanted):  # most times nothing is
            return 0
        while tried < most and self._one(topics):
            tried += 1
        return tried

    def _one(self, topics: Collection[str]) -> bool:
        with self._database.transaction() as tx:
            row = tx.scalars(_next_due(topics, self._clock.now())).first()  # 1, 2
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


def _by_topic(messages: Sequence[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for message in messages:
        found.setdefault(message.topic, []).append(message)
    return found


def _in_order(claimed: Sequence[Row]) -> list[Row]:
    """Those before which all earlier ones of their key come here, too: nobody else has one."""
    found: list[Row] = []
    taken: Counter[str] = Counter()
    for row in claimed:
        _, earlier, _, _, key, *_ = row
        if taken[key] == earlier:
            taken[key] += 1
            found.append(row)
    return found


def _named(row: Row) -> dict[str, Any]:
    _, _, *values = row
    return dict(zip(_FIELDS, values, strict=True))


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
