"""Collects and returns the cash part at the provider; what is not certain is UNKNOWN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.core.clock import Clock
from app.core.errors import UNAVAILABLE
from app.settlement.payments.errors import Doubt, Doubted
from app.settlement.payments.models import PaymentOrder, PaymentRefund, RefundState
from app.settlement.payments.ports import CashState, CashStatus, Provider
from app.settlement.payments.service.alerts import PaymentAlerts
from app.settlement.payments.service.answers import read_order, read_refund
from app.settlement.payments.service.orders import PaymentBook

ORDERS: Final = "/v1/orders"
CLOSINGS: Final = "/v1/closings"
REFUNDS: Final = "/v1/refunds"
_RETRY_AFTER_S: Final = 2
_ENDED: Final = {CashState.REFUNDED: RefundState.DONE, CashState.FAILED: RefundState.FAILED}


class ProviderPayments:
    """`CashPayments` over one provider.

    1. What is asked for is written down first: a process that dies leaves a record of it.
    2. What was asked for before is looked up; only what the provider says it does not have is
       asked for again. Nothing is repeated on a mere time-out.
    3. An answer counts when it agrees with the record. Else the state is UNKNOWN, with a reason
       that is logged, and an alert where it does not pass by itself.
    4. Where nothing was sent nothing can have happened: that is a refusal, not UNKNOWN.
    """

    def __init__(
        self, *, provider: Provider, book: PaymentBook, alerts: PaymentAlerts, clock: Clock
    ) -> None:
        """Take the ports."""
        self._provider = provider
        self._book = book
        self._alerts = alerts
        self._clock = clock

    def create(self, order_id: str, amount: int) -> CashStatus:
        """Have an amount (fen) collected.

        Raises:
            DomainError: PAYMENT_ORDER_REUSED; UNAVAILABLE where nothing was sent.
        """
        begun = self._book.begin(order_id, amount)  # 1
        if not begun.new:  # 2
            found = self._looked_up(begun.order)
            if found.doubt is not Doubt.NOT_THERE:
                return found
        return self._order(begun.order, lambda: self._provider.post(ORDERS, _wish(begun.order)))

    def query(self, order_id: str) -> CashStatus:
        """Ask how an order stands; one that the provider does not have is UNKNOWN, NOT_THERE.

        Raises:
            DomainError: PAYMENT_ORDER_UNKNOWN; UNAVAILABLE.
        """
        return self._looked_up(self._book.order(order_id))

    def close(self, order_id: str) -> CashStatus:
        """See to it that an order which is not paid cannot be.

        Raises:
            DomainError: PAYMENT_ORDER_UNKNOWN; UNAVAILABLE.
        """
        order = self._book.order(order_id)
        return self._order(order, lambda: self._provider.post(CLOSINGS, _wish(order)))

    def refund(self, order_id: str, refund_id: str, amount: int) -> CashStatus:
        """Give an amount (fen) of an order back.

        Raises:
            DomainError: PAYMENT_ORDER_UNKNOWN, PAYMENT_REFUND_REUSED, PAYMENT_REFUND_TOO_MUCH;
                UNAVAILABLE.
        """
        begun = self._book.begin_refund(order_id, refund_id, amount)  # 1
        refund = begun.refund
        if not begun.new:  # 2
            found = self._refund(refund, lambda: self._provider.get(f"{REFUNDS}/{refund_id}"))
            if found.doubt is not Doubt.NOT_THERE:
                return found
        members = {"refund_id": refund_id, "order_id": order_id, "amount_fen": amount}
        return self._refund(refund, lambda: self._provider.post(REFUNDS, members))

    def _looked_up(self, order: PaymentOrder) -> CashStatus:
        return self._order(order, lambda: self._provider.get(f"{ORDERS}/{order.order_id}"))

    def _order(self, order: PaymentOrder, ask: Callable[[], bytes]) -> CashStatus:
        try:
            return self._believed(order, ask())
        except Doubted as doubted:
            vanished = doubted.doubt is Doubt.NOT_THERE and order.provider_ref is not None
            doubt = Doubt.VANISHED if vanished else doubted.doubt
            return self._unknown(doubt, order, refund=None)

    def _believed(self, order: PaymentOrder, answer: bytes) -> CashStatus:
        told = read_order(answer, order, now=self._clock.now())  # 3
        known = order.provider_ref is not None  # and the same, or it had not been believed
        if not known and not self._book.name(order.order_id, told.provider_ref):
            raise Doubted(Doubt.OTHER_REFERENCE)
        return told

    def _refund(self, refund: PaymentRefund, ask: Callable[[], bytes]) -> CashStatus:
        try:
            return self._believed_refund(refund, ask())
        except Doubted as doubted:
            order = self._book.order(refund.order_id)
            return self._unknown(doubted.doubt, order, refund=refund)

    def _believed_refund(self, refund: PaymentRefund, answer: bytes) -> CashStatus:
        told = read_refund(answer, refund, now=self._clock.now())  # 3
        ended = _ENDED.get(told.state)
        if ended is not None and not self._book.end_refund(refund, ended):
            raise Doubted(Doubt.IMPOSSIBLE)
        return told

    def _unknown(
        self, doubt: Doubt, order: PaymentOrder, *, refund: PaymentRefund | None
    ) -> CashStatus:
        self._alerts.note(doubt, about=order.order_id, source="answer")
        if doubt.nothing_sent:  # 4
            raise UNAVAILABLE(retry_after=_RETRY_AFTER_S)
        return CashStatus(
            state=CashState.UNKNOWN,
            amount=order.amount if refund is None else refund.amount,
            provider_ref=order.provider_ref or "",
            at=self._clock.now(),
            refund_id=None if refund is None else refund.refund_id,
            doubt=doubt,
        )


def _wish(order: PaymentOrder) -> dict[str, object]:
    return {"order_id": order.order_id, "amount_fen": order.amount}
