"""Cash orders against their settlements, and against what the payment provider told of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row

from app.settlement.reconciliation.service.watching.check import GRACE, Check, Verdict, by
from app.settlement.reconciliation.states import Compared, DifferenceClass

OVERDUE: Final = timedelta(minutes=10)
"""After an order was given up: it should have come to an end by now."""
_DONE: Final = frozenset({"SETTLED", "PARTIALLY_REFUNDED", "REVERSED"})
_UNDER_WAY: Final = frozenset({"WANTED", "PENDING", "LOST"})
_ORDERS: Final = """
SELECT one.id AS about, one.amount, one.state, one.give_up_at, settlement.state AS settled,
  settlement.cash,
  EXISTS (SELECT FROM cash_refunds WHERE order_id = one.id AND refund_id IS NULL) AS given_back
FROM (SELECT * FROM cash_orders WHERE {page}) AS one
JOIN settlements AS settlement ON settlement.id = one.settlement_id
ORDER BY one.id
"""
_PAYMENTS: Final = """
SELECT one.order_id AS about, one.amount, cash.amount AS ordered, cash.state,
  told.paid_at, asked.returned, gone.returned AS given_back, asked.last_at
FROM (SELECT * FROM payment_orders WHERE {page}) AS one
LEFT JOIN cash_orders AS cash ON cash.id = one.order_id
CROSS JOIN LATERAL (SELECT max(received_at) FILTER (WHERE state = 'PAID') AS paid_at
  FROM payment_events WHERE order_id = one.order_id) AS told
CROSS JOIN LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE state = 'DONE'), 0) AS returned,
  (SELECT max(received_at) FROM payment_events WHERE order_id = one.order_id
    AND state = 'REFUNDED') AS last_at
  FROM payment_refunds WHERE order_id = one.order_id) AS asked
CROSS JOIN LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE state = 'DONE'), 0) AS returned
  FROM cash_refunds WHERE order_id = one.order_id) AS gone
ORDER BY one.order_id
"""


def _order(row: Row[Any], now: datetime) -> Verdict | None:
    """Judge a cash order.

    1. It is over the settlement's cash part.
    2. It was paid, and the settlement is done, or the money goes back.
    3. The settlement is done, and it was paid.
    4. It has come to an end by now.
    """
    if row.amount != row.cash:  # 1
        return cash_verdict(DifferenceClass.AMOUNT, theirs=row.amount, ours=row.cash)
    done = row.settled in _DONE
    if row.state == "PAID" and not done and not row.given_back:  # 2
        return cash_verdict(DifferenceClass.MISSING_HERE, theirs=row.amount, ours=None)
    if row.state != "PAID" and done:  # 3
        return cash_verdict(DifferenceClass.MISSING_THERE, theirs=None, ours=row.amount)
    if row.state in _UNDER_WAY and row.give_up_at < now - OVERDUE:  # 4
        return cash_verdict(DifferenceClass.LATE, theirs=None, ours=row.amount)
    return None


def _payment(row: Row[Any], now: datetime) -> Verdict | None:
    """Judge what the provider told of an order.

    1. It told of a payment, and the order is ours and paid; not before the grace is over.
    2. Both are over the same amount.
    3. What it gave back is what we had given back.
    """
    paid = row.paid_at is not None and row.paid_at <= now - GRACE
    if paid and row.state != "PAID":  # 1
        return cash_verdict(DifferenceClass.MISSING_HERE, theirs=row.amount, ours=None)
    if row.ordered is not None and row.ordered != row.amount:  # 2
        return cash_verdict(DifferenceClass.AMOUNT, theirs=row.amount, ours=row.ordered)
    settled_down = row.last_at is None or row.last_at <= now - GRACE
    if row.ordered is not None and settled_down and row.returned != row.given_back:  # 3
        theirs, ours = -int(row.returned), -int(row.given_back)
        return cash_verdict(DifferenceClass.AMOUNT, theirs=theirs, ours=ours)
    return None


def cash_verdict(kind: DifferenceClass, *, theirs: int | None, ours: int | None) -> Verdict:
    """A difference about cash alone, fen."""
    return Verdict(
        kind=kind,
        theirs=None if theirs is None else {"cash": int(theirs)},
        ours=None if ours is None else {"cash": int(ours)},
        amounts={"cash": int(theirs or 0) - int(ours or 0)},
    )


ORDERS: Final = Check(
    compared=Compared.CASH, rows=_ORDERS, key=by("id"), prefix="ord", judge=_order
)
PAYMENTS: Final = Check(
    compared=Compared.PAYMENT, rows=_PAYMENTS, key=by("order_id"), prefix="ord", judge=_payment
)
