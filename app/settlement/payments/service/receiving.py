"""Takes the provider's notifications: believed, written down once, handed on by the outbox."""

from __future__ import annotations

import hashlib
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.outbox.service.posting import Outbox
from app.settlement.payments.errors import (
    PAYMENT_NOTICE_CONTRADICTS,
    PAYMENT_NOTICE_FORGED,
    PAYMENT_ORDER_UNKNOWN,
    Doubt,
    Doubted,
)
from app.settlement.payments.models import PaymentEvent, PaymentOrder
from app.settlement.payments.ports import NoticeKeys
from app.settlement.payments.service.alerts import PaymentAlerts
from app.settlement.payments.service.signatures import NoticeHeaders, SignedNotice, read_signed
from app.settlement.payments.service.told import PaymentNotice, agree, read_notice

PAYMENT_EVENT: Final = "payment.event"
"""Topic of the outbox: one event, by its id."""


class PaymentNotices:
    """The receiver of notifications.

    1. The headers are there once each, and in their form.
    2. The time is within five minutes of ours.
    3. A published key of the provider made the signature. Until here nothing of the body is read
       and nothing written: a stranger costs one signature's check, and a look at the published
       keys twice a minute at most.
    4. The body has exactly the members that are agreed on.
    5. The order is ours.
    6. Amount, reference and refund are those of our record.
    7. The id was not seen before: its row is unique, so that it counts once however often and in
       however many processes it comes. The row and the outbox's message commit together.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        outbox: Outbox,
        keys: NoticeKeys,
        alerts: PaymentAlerts,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._keys = keys
        self._alerts = alerts

    def receive(self, headers: NoticeHeaders, body: bytes) -> bool:
        """Take one notification.

        Returns:
            Whether it was new; a repetition has no effect.

        Raises:
            DomainError: PAYMENT_NOTICE_INVALID, PAYMENT_NOTICE_STALE, PAYMENT_NOTICE_FORGED,
                PAYMENT_ORDER_UNKNOWN, PAYMENT_NOTICE_CONTRADICTS; UNAVAILABLE while no key is
                known; PAYMENTS_NOT_CONNECTED.
        """
        signed = read_signed(headers, body, now=self._clock.now())  # 1, 2
        self._require_ours(signed)  # 3
        notice = read_notice(body)  # 4
        try:
            return self._written(signed, notice)
        except Doubted as doubted:
            self._alerts.note(doubted.doubt, about=notice.data.order_id, source="notice")
            unknown = doubted.doubt is Doubt.NOT_OURS
            raise (PAYMENT_ORDER_UNKNOWN if unknown else PAYMENT_NOTICE_CONTRADICTS)() from None

    def _require_ours(self, signed: SignedNotice) -> None:
        fits = signed.is_signed_by(self._keys.current())
        if not fits and not signed.is_signed_by(self._keys.renewed()):
            raise PAYMENT_NOTICE_FORGED()

    def _written(self, signed: SignedNotice, notice: PaymentNotice) -> bool:
        with self._database.transaction() as tx:
            # Locked: the order in which events of an order are posted is that of their rows.
            order = tx.get(PaymentOrder, notice.data.order_id, with_for_update=True)
            if order is None:  # 5
                raise Doubted(Doubt.NOT_OURS)
            agree(tx, order, notice.data)  # 6
            if not self._new(tx, signed, notice):  # 7
                return False
            self._outbox.post(PAYMENT_EVENT, key=order.order_id, payload={"event": signed.id})
            return True

    def _new(self, tx: Session, signed: SignedNotice, notice: PaymentNotice) -> bool:
        told, digest = notice.data, hashlib.sha256(signed.body).digest()
        write = insert(PaymentEvent).values(
            id=signed.id,
            order_id=told.order_id,
            refund_id=told.refund_id,
            state=told.state,
            amount=told.amount_fen,
            provider_ref=told.provider_ref,
            occurred_at=notice.timestamp,
            received_at=self._clock.now(),
            sha256=digest,
        )
        once = write.on_conflict_do_nothing(index_elements=["id"])
        if tx.scalar(once.returning(PaymentEvent.id)) is not None:
            return True
        if tx.get_one(PaymentEvent, signed.id).sha256 != digest:
            raise Doubted(Doubt.ID_REUSED)
        return False
