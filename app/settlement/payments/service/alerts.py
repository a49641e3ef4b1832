"""What contradicts our records is written down once, counted, and stays until it is dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.settlement.payments.errors import PAYMENT_ALERT_UNKNOWN, Doubt
from app.settlement.payments.models import PaymentAlert

Source = Literal["answer", "notice"]
_SHOWN: Final = 100
log = structlog.get_logger("payments")


class PaymentAlerts:
    """Keeps them. Each is written in a transaction of its own: it outlives a refusal."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def note(self, doubt: Doubt, *, about: str, source: Source) -> None:
        """Log why something is not believed; where it does not pass by itself, alert as well.

        Args:
            doubt: the reason.
            about: id of the order.
            source: whether it was an answer or a notification.
        """
        log.warning("payment_doubted", error=doubt.value, source=source)
        if not doubt.alerts:
            return
        now = self._clock.now()
        write = insert(PaymentAlert).values(
            id=new_id("pal", now),
            about=about,
            reason=doubt.value,
            source=source,
            count=1,
            first_at=now,
            last_at=now,
        )
        again = write.on_conflict_do_update(
            index_elements=["about", "reason", "source"],
            index_where=text("closed_at IS NULL"),
            set_={"count": PaymentAlert.count + 1, "last_at": now},
        )
        with self._database.separate() as tx:
            tx.execute(again)

    def opened(self) -> Sequence[PaymentAlert]:
        """Those that are not dealt with, oldest first; a hundred at most."""
        wanted = select(PaymentAlert).where(PaymentAlert.closed_at.is_(None))
        with self._database.transaction() as tx:
            return tx.scalars(wanted.order_by(PaymentAlert.id).limit(_SHOWN)).all()

    def close(self, alert_id: str) -> None:
        """Set one aside: an operator has dealt with it.

        Raises:
            DomainError: PAYMENT_ALERT_UNKNOWN.
        """
        change = (
            update(PaymentAlert)
            .where(PaymentAlert.id == alert_id, PaymentAlert.closed_at.is_(None))
            .values(closed_at=self._clock.now())
            .returning(PaymentAlert.id)
        )
        with self._database.transaction() as tx:
            if tx.scalar(change) is None:
                raise PAYMENT_ALERT_UNKNOWN()
