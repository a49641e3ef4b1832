"""Cash orders against what the payment provider says when it is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.core.errors import UNAVAILABLE, DomainError
from app.settlement.ports import CashPayments, CashStatus
from app.settlement.reconciliation.service.watching.cash import cash_verdict
from app.settlement.reconciliation.service.watching.check import GRACE, Check, Verdict, by
from app.settlement.reconciliation.states import Compared, DifferenceClass

MOST_ASKED: Final = 20
"""Orders a round: each is a call over the network, five seconds at most."""
_PAID: Final = frozenset({"PAID", "REFUNDED"})
_UNPAID: Final = frozenset({"PENDING", "FAILED", "CLOSED"})
_ENDED: Final = """
SELECT id AS about, amount, state, ended_at FROM cash_orders
WHERE state IN ('PAID', 'DROPPED') AND {page}
"""
_STILL: Final = text("SELECT state FROM cash_orders WHERE id = :id")


def _nothing(_: Row[Any], __: datetime) -> Verdict | None:
    return None


ENDED: Final = Check(
    compared=Compared.PROVIDER, rows=_ENDED, key=by("id"), prefix="ord", judge=_nothing
)
"""Chooses the orders; what is judged comes over the network."""


def ask(payments: CashPayments, row: Row[Any], now: datetime) -> CashStatus | None:
    """What the provider says of an order, outside of any transaction.

    Returns:
        None: nothing follows, as it is UNKNOWN, or came to its end a moment ago.

    Raises:
        DomainError: UNAVAILABLE: asking others now is of no use.
    """
    if row.ended_at is None or row.ended_at > now - GRACE:
        return None
    try:
        status = payments.query(row.about)
    except DomainError as refused:
        if refused.kind is UNAVAILABLE:
            raise
        return None
    return status if status.state in _PAID | _UNPAID else None


def judge(tx: Session, row: Row[Any], status: CashStatus) -> Verdict | None:
    """Judge an order by what was said, unless it has moved meanwhile.

    1. What was paid there is paid here, and the other way round.
    2. Over the same amount.
    """
    if tx.scalar(_STILL, {"id": row.about}) != row.state:
        return None
    paid_there, paid_here = status.state in _PAID, row.state == "PAID"
    if paid_there and not paid_here:  # 1
        return cash_verdict(DifferenceClass.MISSING_HERE, theirs=row.amount, ours=None)
    if paid_here and not paid_there:
        return cash_verdict(DifferenceClass.MISSING_THERE, theirs=None, ours=row.amount)
    if status.amount != row.amount:  # 2
        return cash_verdict(DifferenceClass.AMOUNT, theirs=status.amount, ours=row.amount)
    return None
