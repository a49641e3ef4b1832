"""The cash part and the rest are both done or both undone, whoever dies in between.

Every step is: claim the order in a transaction, call the provider outside of any, apply what it
said in another. A process that dies anywhere leaves rows that say what is wanted, and the resolver
goes on from them when the claim has run out. Calls are idempotent by our ids, so one that is
repeated does nothing twice. What is UNKNOWN changes nothing and is asked again, never assumed.
"""

from __future__ import annotations

import threading
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.settlement.models.cash import CashOrder, CashRefund
from app.settlement.ports import CashPayments, CashStatus
from app.settlement.service.cash.orders import (
    claim_order,
    claim_refund,
    due_orders,
    due_refunds,
    look_again,
    next_look,
    postpone,
)
from app.settlement.service.cash.outcomes import ENDED, PAID, CashOutcomes
from app.settlement.states import CashState

BATCH: Final = 100
_MAY_BE_PAID: Final = frozenset({"PENDING", "UNKNOWN"})
"""States in which an order that is no longer wanted is closed; it may even be on its way still."""
log = structlog.get_logger("settlement")


class CashSaga:
    """Works on cash orders and refunds."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        payments: CashPayments,
        outcomes: CashOutcomes,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._payments = payments
        self._outcomes = outcomes

    def start(self, settlement_id: str) -> None:
        """Send the order of a settlement that was just committed; the resolver does it otherwise.

        Never raises: the settlement is held whatever comes of this.
        """
        query = select(CashOrder.id).where(CashOrder.settlement_id == settlement_id)
        try:
            with self._database.separate() as tx:
                order_id = tx.scalars(query).one_or_none()
            if order_id is not None:
                self.advance(order_id)
        except DomainError as refused:
            log.warning("cash_order_waits", code=refused.kind.code)

    def advance(self, order_id: str) -> bool:
        """Take an order one step on; returns whether it was this caller's to do."""
        now = self._clock.now()
        with self._database.separate() as tx:
            order = claim_order(tx, order_id, now=now)
        if order is None:
            return False
        status = self._asked(order)
        with self._database.transaction() as tx:
            if status is not None:
                self._outcomes.apply(tx, order.id, status)
            silent = status is None or status.state not in PAID | ENDED
            if silent and order.state is not CashState.LOST and now >= order.give_up_at:
                self._outcomes.give_up(tx, order.id)
            postpone(tx, CashOrder, order.id, next_look(order, self._clock.now()))
        return True

    def give_back(self, cash_refund_id: str) -> bool:
        """Take a refund one step on; returns whether it was this caller's to do."""
        with self._database.separate() as tx:
            refund = claim_refund(tx, cash_refund_id, now=self._clock.now())
        if refund is None:
            return False
        status = self._returned(refund)
        done = status is not None and status.state == "REFUNDED"
        if status is not None and status.state in ENDED:
            log.error("cash_refund_failed", refund=refund.id)
        with self._database.transaction() as tx:
            if done:
                self._outcomes.refunded(tx, refund.id)
            postpone(tx, CashRefund, refund.id, self._clock.now() + look_again(refund.looks))
        return True

    def resolve(self, *, most: int = BATCH) -> dict[str, int]:
        """Look at what is due: orders and refunds; returns how many of each."""
        now = self._clock.now()
        with self._database.separate() as tx:
            orders, refunds = (
                due_orders(tx, now=now, most=most),
                due_refunds(tx, now=now, most=most),
            )
        return {
            "orders": sum(self.advance(order_id) for order_id in orders),
            "refunds": sum(self.give_back(refund_id) for refund_id in refunds),
        }

    def on_event(self, tx: Session, order_id: str, status: CashStatus) -> None:
        """Take what the provider told without being asked, in the transaction that notes it."""
        if status.refund_id is None:
            self._outcomes.apply(tx, order_id, status)
        elif status.state == "REFUNDED":
            self._outcomes.refunded(tx, status.refund_id)

    def _asked(self, order: CashOrder) -> CashStatus | None:
        """What the provider says now, or None where nothing is known."""
        try:
            if order.state is CashState.LOST:
                found = self._payments.query(order.id)
                return self._payments.close(order.id) if found.state in _MAY_BE_PAID else found
            if order.state is CashState.WANTED:
                created = self._payments.create(order.id, order.amount)
                if created.state != "PENDING" or self._clock.now() < order.pay_by:
                    return created
            if self._clock.now() >= order.pay_by:
                return self._payments.close(order.id)
            return self._payments.query(order.id)
        except DomainError as refused:
            log.warning("cash_order_unknown", code=refused.kind.code)
            return None

    def _returned(self, refund: CashRefund) -> CashStatus | None:
        try:
            return self._payments.refund(refund.order_id, refund.id, refund.amount)
        except DomainError as refused:
            log.warning("cash_refund_unknown", code=refused.kind.code)
            return None


def resolve_until(stop: threading.Event, saga: CashSaga, pause_s: float) -> None:
    """Resolve again and again until `stop` is set."""
    while not stop.is_set():
        try:
            saga.resolve()
        except DomainError as refused:  # the database is away; it is there again some time
            log.warning("resolver_waits", code=refused.kind.code)
        stop.wait(pause_s)
