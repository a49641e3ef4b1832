"""The cash part at the payment provider: orders, and what goes back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Enum, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.settlement.states import CashState, RefundState


class CashOrder(Base):
    """One order. Its id is the provider's idempotency key."""

    __tablename__ = "cash_orders"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("give_up_at > pay_by", name="times"),
        CheckConstraint("looks >= 0", name="looks"),
        Index(
            "ix_cash_orders_look_at",
            "look_at",
            postgresql_where=text("state IN ('WANTED', 'PENDING', 'LOST')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    settlement_id: Mapped[str] = mapped_column(ForeignKey("settlements.id"), unique=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    """Fen."""
    state: Mapped[CashState] = mapped_column(
        Enum(CashState, native_enum=False, length=16, create_constraint=True, name="state")
    )
    provider_ref: Mapped[str | None]
    pay_by: Mapped[datetime]
    """Then the order is closed."""
    give_up_at: Mapped[datetime]
    """Then the settlement is voided, even if the provider says nothing."""
    look_at: Mapped[datetime]
    """When the resolver looks at it next; moved on by whoever works on it."""
    looks: Mapped[int]
    """How often it was looked at without an end."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CashRefund(Base):
    """Cash that goes back through the provider. Its id is the provider's idempotency key."""

    __tablename__ = "cash_refunds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(state = 'DONE') = (done_at IS NOT NULL)", name="done"),
        Index("ix_cash_refunds_look_at", "look_at", postgresql_where=text("state = 'WANTED'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("cash_orders.id"), index=True)
    refund_id: Mapped[str | None] = mapped_column(ForeignKey("refunds.id"), unique=True)
    """None: the payment came after the settlement was voided."""
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[RefundState] = mapped_column(
        Enum(RefundState, native_enum=False, length=16, create_constraint=True, name="state")
    )
    look_at: Mapped[datetime]
    looks: Mapped[int]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
