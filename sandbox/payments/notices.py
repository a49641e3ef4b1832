"""What the merchant is to be told by webhook: written with the event, sent afterwards."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.payments.faults import FaultSwitch

PAYMENT_PAID = "payment.succeeded"
PAYMENT_FAILED = "payment.failed"
REFUND_PAID = "refund.succeeded"
MOST_ATTEMPTS = 30
_LONGEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One webhook to be sent."""

    id: str
    content: dict[str, Any]
    """Its body's members."""
    attempts: int
    """Earlier ones, all failed."""


class Notices:
    """Writes notices down."""

    def __init__(self, *, now: Callable[[], datetime], faults: FaultSwitch) -> None:
        """Take the provider's clock and the faults that are on."""
        self._now = now
        self._faults = faults

    def add(self, connection: sqlite3.Connection, kind: str, about: Mapping[str, Any]) -> None:
        """Write one down, in the transaction of its event.

        Args:
            connection: of the transaction under way.
            kind: type of the event.
            about: the order or the refund as it is now.
        """
        content = {
            "type": kind,
            "timestamp": about["at"],
            "data": {
                "order_id": about["order_id"],
                "refund_id": about.get("refund_id"),
                "provider_ref": about["provider_ref"],
                "state": about["state"],
                "amount_fen": about["amount_fen"],
            },
        }
        due_at = self._now() + timedelta(milliseconds=self._faults.current.delay_ms)
        connection.execute(
            "INSERT INTO notice (id, content, due_at) VALUES (?, ?, ?)",
            (f"evt_{secrets.token_hex(12)}", json.dumps(content), due_at.timestamp()),
        )


def due(connection: sqlite3.Connection, *, now: datetime, most: int) -> list[Notice]:
    """Return what is to be sent now, oldest first."""
    rows = connection.execute(
        "SELECT id, content, attempts FROM notice WHERE NOT over AND due_at <= ?"
        " ORDER BY number LIMIT ?",
        (now.timestamp(), most),
    ).fetchall()
    return [
        Notice(id=row["id"], content=json.loads(row["content"]), attempts=row["attempts"])
        for row in rows
    ]


def waiting(connection: sqlite3.Connection) -> int:
    """Return how many are not over."""
    row = connection.execute("SELECT count(*) FROM notice WHERE NOT over").fetchone()
    return int(row[0])


def settle(
    connection: sqlite3.Connection, notice: Notice, *, delivered: bool, now: datetime
) -> None:
    """Write down what came of an attempt; a failed one is due again after a pause that doubles."""
    attempts = notice.attempts + 1
    pause = min(timedelta(seconds=1 << min(attempts, 10)), _LONGEST)
    connection.execute(
        "UPDATE notice SET attempts = ?, over = ?, due_at = ? WHERE id = ?",
        (
            attempts,
            int(delivered or attempts >= MOST_ATTEMPTS),
            (now + pause).timestamp(),
            notice.id,
        ),
    )
