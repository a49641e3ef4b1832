"""Cash orders and refunds as rows: opened with the purchase, claimed by whoever works on them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.settlement.models.cash import CashOrder, CashRefund
from app.settlement.states import CASH_MOVES, CashState, RefundState, sources

PAY_WITHIN: Final = timedelta(minutes=5)
GIVE_UP_AFTER: Final = timedelta(minutes=10)
"""A provider that stays silent cannot hold a person's money for longer."""
LEASE: Final = timedelta(seconds=20)
"""Longer than any call to the provider: a worker that died is followed by another after it."""
_LONGEST: Final = timedelta(hours=1)
_SHIFT: Final = 11
OPEN: Final = (CashState.WANTED, CashState.PENDING, CashState.LOST)


def open_order(tx: Session, settlement_id: str, *, amount: int, now: datetime) -> str:
    """Write an order down with its settlement; returns its id."""
    order_id = new_id("ord", now)
    tx.execute(
        insert(CashOrder).values(
            id=order_id,
            settlement_id=settlement_id,
            amount=amount,
            state=CashState.WANTED,
            pay_by=now + PAY_WITHIN,
            give_up_at=now + GIVE_UP_AFTER,
            look_at=now,
            looks=0,
            created_at=now,
        )
    )
    return order_id


def open_refund(
    tx: Session, order_id: str, *, amount: int, refund_id: str | None, now: datetime
) -> str:
    """Write down that cash goes back; returns the id of the provider's refund."""
    cash_refund_id = new_id("crf", now)
    tx.execute(
        insert(CashRefund).values(
            id=cash_refund_id,
            order_id=order_id,
            refund_id=refund_id,
            amount=amount,
            state=RefundState.WANTED,
            look_at=now,
            looks=0,
            created_at=now,
        )
    )
    return cash_refund_id


def claim_order(tx: Session, order_id: str, *, now: datetime) -> CashOrder | None:
    """Take an order to work on it, unless somebody has or it is not time yet."""
    taken = (
        update(CashOrder)
        .where(CashOrder.id == order_id, CashOrder.state.in_(OPEN), CashOrder.look_at <= now)
        .values(look_at=now + LEASE, looks=CashOrder.looks + 1)
        .returning(CashOrder)
        .execution_options(synchronize_session=False)
    )
    return tx.scalars(taken).one_or_none()


def claim_refund(tx: Session, cash_refund_id: str, *, now: datetime) -> CashRefund | None:
    """Take a refund to work on it."""
    taken = (
        update(CashRefund)
        .where(
            CashRefund.id == cash_refund_id,
            CashRefund.state == RefundState.WANTED,
            CashRefund.look_at <= now,
        )
        .values(look_at=now + LEASE, looks=CashRefund.looks + 1)
        .returning(CashRefund)
        .execution_options(synchronize_session=False)
    )
    return tx.scalars(taken).one_or_none()


def move_order(tx: Session, order_id: str, to: CashState, **values: object) -> bool:
    """Move an order if the table of moves allows it from where it is now."""
    change = (
        update(CashOrder)
        .where(CashOrder.id == order_id, CashOrder.state.in_(sources(CASH_MOVES, to)))
        .values(state=to, **values)
        .returning(CashOrder.id)
        .execution_options(synchronize_session=False)
    )
    return tx.scalar(change) is not None


def look_again(looks: int) -> timedelta:
    """How long to wait after so many looks: from a second, doubling, an hour at most."""
    return min(timedelta(seconds=1 << min(looks, _SHIFT + 1)), _LONGEST)


def next_look(order: CashOrder, now: datetime) -> datetime:
    """When to look at an order again: not after its next moment has come."""
    moments = [at for at in (order.pay_by, order.give_up_at) if at > now]
    return min([now + look_again(order.looks), *moments])


def due_orders(tx: Session, *, now: datetime, most: int) -> list[str]:
    """Ids of orders that it is time to look at."""
    query = (
        select(CashOrder.id)
        .where(CashOrder.state.in_(OPEN), CashOrder.look_at <= now)
        .order_by(CashOrder.look_at)
        .limit(most)
    )
    return list(tx.scalars(query))


def due_refunds(tx: Session, *, now: datetime, most: int) -> list[str]:
    """Ids of refunds that it is time to look at."""
    query = (
        select(CashRefund.id)
        .where(CashRefund.state == RefundState.WANTED, CashRefund.look_at <= now)
        .order_by(CashRefund.look_at)
        .limit(most)
    )
    return list(tx.scalars(query))


def postpone(tx: Session, table: type[CashOrder | CashRefund], row_id: str, at: datetime) -> None:
    """Say when to look next."""
    tx.execute(
        update(table)
        .where(table.id == row_id)
        .values(look_at=at)
        .execution_options(synchronize_session=False)
    )
