"""A process that does things with payments at the same moment as others."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.core.clock import SystemClock
from app.core.database import Database
from app.core.errors import DomainError
from app.outbox.service.posting import Outbox
from app.settlement.payments.service.alerts import PaymentAlerts
from app.settlement.payments.service.orders import PaymentBook
from app.settlement.payments.service.receiving import PaymentNotices
from app.settlement.payments.service.signatures import NoticeHeaders


class OneKey:
    """The provider's."""

    def __init__(self, raw: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw))

    def current(self) -> list[Ed25519PublicKey]:
        return [self._key]

    renewed = current


def refund(database: Database, order_id: str, refund_id: str, amount: str) -> str:
    book = PaymentBook(database=database, clock=SystemClock())
    begun = book.begin_refund(order_id, refund_id, int(amount))
    return "new" if begun.new else "known"


def order(database: Database, order_id: str, amount: str) -> str:
    book = PaymentBook(database=database, clock=SystemClock())
    return "new" if book.begin(order_id, int(amount)).new else "known"


def receive(database: Database, key: str, *told: str) -> str:
    message_id, at, signed, body = told
    clock = SystemClock()
    notices = PaymentNotices(
        database=database,
        clock=clock,
        outbox=Outbox(database=database, clock=clock),
        keys=OneKey(key),
        alerts=PaymentAlerts(database=database, clock=clock),
    )
    headers = NoticeHeaders(ids=[message_id], timestamps=[at], signatures=[signed])
    return "new" if notices.receive(headers, body.encode()) else "known"


ACTS: dict[str, Callable[..., str]] = {"refund": refund, "order": order, "receive": receive}


def outcome(database: Database, what: str, *words: str) -> str:
    try:
        return ACTS[what](database, *words)
    except DomainError as refused:
        return refused.kind.code


def main() -> None:
    url, acts = sys.argv[1], json.loads(sys.argv[2])
    database = Database(url, pool_size=2)
    database.ping()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(" ".join(outcome(database, *act) for act in acts))
    database.close()


if __name__ == "__main__":
    main()
