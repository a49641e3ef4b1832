"""Writes messages down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.types.json import Jsonb

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.statements import Tx, finally_run

_AT_ONCE: Final = timedelta(0)
POSTING: Final = """
INSERT INTO outbox_messages (id, topic, key, payload, created_at, due_at, attempts)
SELECT %(message_id)s, %(message_topic)s, %(message_key)s, %(message_payload)s, %(message_at)s,
  %(message_due)s, 0 FROM {source}
"""
"""Posts one message for each row of `{source}`, which has one at most: for a statement that makes
the change as well. Its values are those of `posted`."""
_POST: Final = POSTING.format(source="(SELECT) AS at_once")


class Outbox:
    """Takes messages, in the transaction of whoever posts them."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def post(
        self, topic: str, *, key: str, payload: Mapping[str, Any], after: timedelta = _AT_ONCE
    ) -> str:
        """Post a message; it exists if, and only if, the transaction under way commits.

        Post after the row of the change is locked: then the order of posting within a key is the
        order of the changes.

        Args:
            topic: chooses the handler.
            key: messages of one key keep their order; the id of what they are about.
            payload: JSON values; opaque ids, states and times, nothing personal.
            after: how long it waits at least.

        Returns:
            The message's id.
        """
        with self._database.direct() as tx:
            return post_in(tx, topic, key=key, payload=payload, now=self._clock.now(), after=after)


def post_in(
    tx: Tx,
    topic: str,
    *,
    key: str,
    payload: Mapping[str, Any],
    now: datetime,
    after: timedelta = _AT_ONCE,
) -> str:
    """Post a message in a transaction that is at hand; as `Outbox.post`."""
    values = posted(topic, key=key, payload=payload, now=now, after=after)
    finally_run(tx, _POST, values)
    return str(values["message_id"])


def posted(
    topic: str,
    *,
    key: str,
    payload: Mapping[str, Any],
    now: datetime,
    after: timedelta = _AT_ONCE,
) -> Mapping[str, Any]:
    """The values of `POSTING` for a message; as `Outbox.post`."""
    return {
        "message_id": new_id("msg", now),
        "message_topic": topic,
        "message_key": key,
        "message_payload": Jsonb(dict(payload)),
        "message_at": now,
        "message_due": now + after,
    }
