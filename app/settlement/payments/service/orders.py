"""Our own record of what was ordered and what was to be refunded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from app.core.clock import Clock
from app.core.database import Database
from app.settlement.payments.errors import (
    PAYMENT_ORDER_REUSED,
    PAYMENT_ORDER_UNKNOWN,
    PAYMENT_REFUND_REUSED,
    PAYMENT_REFUND_TOO_MUCH,
)
from app.settlement.payments.models import PaymentOrder, PaymentRefund, RefundState


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An order that is written down."""

    order: PaymentOrder
    new: bool
    """Whether it was not before: only then has nobody asked the provider for it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunRefund:
    """A refund that is written down."""

    refund: PaymentRefund
    new: bool


class PaymentBook:
    """Keeps it, each step in a transaction of its own, so that it outlives what follows."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def begin(self, order_id: str, amount: int) -> Begun:
        """Write an order down before the provider is asked.

        Raises:
            DomainError: PAYMENT_ORDER_REUSED.
        """
        write = insert(PaymentOrder).values(
            order_id=order_id, amount=amount, refund_asked=0, created_at=self._clock.now()
        )
        once = write.on_conflict_do_nothing(index_elements=["order_id"])
        with self._database.separate() as tx:
            new = tx.scalar(once.returning(PaymentOrder.order_id)) is not None
            order = tx.get_one(PaymentOrder, order_id)
        if order.amount != amount:
            raise PAYMENT_ORDER_REUSED()
        return Begun(order=order, new=new)

    def order(self, order_id: str) -> PaymentOrder:
        """Return an order.

        Raises:
            DomainError: PAYMENT_ORDER_UNKNOWN.
        """
        with self._database.separate() as tx:
            found = tx.get(PaymentOrder, order_id)
        if found is None:
            raise PAYMENT_ORDER_UNKNOWN()
        return found

    def name(self, order_id: str, provider_ref: str) -> bool:
        """Write down how the provider calls an order; False where it has another name."""
        with self._database.separate() as tx:
            return name_in(tx, order_id, provider_ref)

    def begin_refund(self, order_id: str, refund_id: str, amount: int) -> BegunRefund:
        """Write a refund down before the provider is asked.

        The order's amount bounds all of its refunds together, however many are asked for at once.

        Raises:
            DomainError: PAYMENT_ORDER_UNKNOWN, PAYMENT_REFUND_REUSED, PAYMENT_REFUND_TOO_MUCH.
        """
        with self._database.separate() as tx:
            # The lock comes first: two with one id count once against the amount.
            found = tx.get(PaymentOrder, order_id, with_for_update=True)
            if found is None:
                raise PAYMENT_ORDER_UNKNOWN()
            known = tx.get(PaymentRefund, refund_id)
            if known is not None:
                if (known.order_id, known.amount) != (order_id, amount):
                    raise PAYMENT_REFUND_REUSED()
                return BegunRefund(refund=known, new=False)
            _reserve(tx, order_id, amount)
            return BegunRefund(refund=self._written(tx, order_id, refund_id, amount), new=True)

    def end_refund(self, refund: PaymentRefund, state: RefundState) -> bool:
        """Write down how a refund ended; a failed one counts no longer against the amount.

        Returns:
            False where it had ended otherwise.
        """
        with self._database.separate() as tx:
            return end_refund_in(tx, refund, state)

    def _written(self, tx: Session, order_id: str, refund_id: str, amount: int) -> PaymentRefund:
        made = PaymentRefund(
            refund_id=refund_id,
            order_id=order_id,
            amount=amount,
            state=RefundState.ASKED,
            created_at=self._clock.now(),
        )
        tx.add(made)
        tx.flush()
        return made


def name_in(tx: Session, order_id: str, provider_ref: str) -> bool:
    """Write down how the provider calls an order.

    Returns:
        False where it has another name, or another order has this one.
    """
    other = aliased(PaymentOrder)
    taken = exists().where(other.provider_ref == provider_ref, other.order_id != order_id)
    change = (
        update(PaymentOrder)
        .where(
            PaymentOrder.order_id == order_id,
            func.coalesce(PaymentOrder.provider_ref, provider_ref) == provider_ref,
            ~taken,
        )
        .values(provider_ref=provider_ref)
        .returning(PaymentOrder.order_id)
        .execution_options(synchronize_session=False)
    )
    return tx.scalar(change) is not None


def end_refund_in(tx: Session, refund: PaymentRefund, state: RefundState) -> bool:
    """Write down how a refund ended; False where it had ended otherwise."""
    change = (
        update(PaymentRefund)
        .where(
            PaymentRefund.refund_id == refund.refund_id,
            PaymentRefund.state == RefundState.ASKED,
        )
        .values(state=state)
        .returning(PaymentRefund.refund_id)
        .execution_options(synchronize_session=False)
    )
    if tx.scalar(change) is None:
        now = select(PaymentRefund.state).where(PaymentRefund.refund_id == refund.refund_id)
        return tx.scalar(now) == state
    if state is RefundState.FAILED:
        tx.execute(
            update(PaymentOrder)
            .where(PaymentOrder.order_id == refund.order_id)
            .values(refund_asked=PaymentOrder.refund_asked - refund.amount)
            .execution_options(synchronize_session=False)
        )
    return True


def _reserve(tx: Session, order_id: str, amount: int) -> None:
    left = (
        update(PaymentOrder)
        .where(
            PaymentOrder.order_id == order_id,
            PaymentOrder.refund_asked + amount <= PaymentOrder.amount,
        )
        .values(refund_asked=PaymentOrder.refund_asked + amount)
        .returning(PaymentOrder.order_id)
        .execution_options(synchronize_session=False)
    )
    if tx.scalar(left) is None:
        raise PAYMENT_REFUND_TOO_MUCH()


def refund_of(tx: Session, refund_id: str) -> PaymentRefund | None:
    """Return a refund, if it is ours."""
    return tx.get(PaymentRefund, refund_id)
