"""Orders at the payment provider, what it told of them, and what somebody has to look at."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Enum, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

ID: Final = "^[A-Za-z0-9_-]{1,64}$"
"""Of orders, refunds, references and events."""
MOST_FEN: Final = 1_000_000_000
"""Of one order."""


class PaymentOrder(Base):
    """An amount that was to be collected. It is written before the provider is asked.

    Amounts never change, a reference is never replaced (trigger `payment_orders_keep`).
    """

    __tablename__ = "payment_orders"
    __table_args__ = (
        CheckConstraint(f"order_id ~ '{ID}'", name="order_id"),
        CheckConstraint(f"provider_ref ~ '{ID}'", name="provider_ref"),
        CheckConstraint(f"amount BETWEEN 1 AND {MOST_FEN}", name="amount"),
        CheckConstraint("refund_asked BETWEEN 0 AND amount", name="refund_within_amount"),
    )

    order_id: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    """Fen."""
    provider_ref: Mapped[str | None] = mapped_column(unique=True)
    """As the provider called it first."""
    refund_asked: Mapped[int] = mapped_column(BigInteger)
    """Fen, of all refunds that have not failed."""
    created_at: Mapped[datetime]


class RefundState(StrEnum):
    """How a refund stands."""

    ASKED = "ASKED"
    DONE = "DONE"
    FAILED = "FAILED"


class PaymentRefund(Base):
    """An amount that was to be given back. It is written before the provider is asked."""

    __tablename__ = "payment_refunds"
    __table_args__ = (
        CheckConstraint(f"refund_id ~ '{ID}'", name="refund_id"),
        CheckConstraint("amount >= 1", name="amount"),
        Index("ix_payment_refunds_order_id", "order_id"),
    )

    refund_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_orders.order_id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    """Fen."""
    state: Mapped[RefundState] = mapped_column(
        Enum(RefundState, native_enum=False, length=16, create_constraint=True, name="state")
    )
    created_at: Mapped[datetime]


class PaymentEvent(Base):
    """A notification that was believed. Rows are only ever added."""

    __tablename__ = "payment_events"
    __table_args__ = (
        CheckConstraint(f"id ~ '{ID}'", name="id"),
        CheckConstraint("state IN ('PAID', 'FAILED', 'REFUNDED')", name="state"),
        CheckConstraint("(state = 'REFUNDED') = (refund_id IS NOT NULL)", name="refund_of_refund"),
        CheckConstraint("amount >= 1", name="amount"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        Index("ix_payment_events_order_id", "order_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The provider's `webhook-id`: what tells a repetition."""
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_orders.order_id"))
    refund_id: Mapped[str | None] = mapped_column(ForeignKey("payment_refunds.refund_id"))
    state: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    """Fen."""
    provider_ref: Mapped[str]
    occurred_at: Mapped[datetime]
    """By the provider's clock."""
    received_at: Mapped[datetime]
    sha256: Mapped[bytes]
    """Of the body."""


class PaymentAlert(Base):
    """Something about an order that does not pass by itself."""

    __tablename__ = "payment_alerts"
    __table_args__ = (
        CheckConstraint(f"about ~ '{ID}'", name="about"),
        CheckConstraint("reason <> '' AND source IN ('answer', 'notice')", name="explained"),
        CheckConstraint("count >= 1 AND last_at >= first_at", name="counted"),
        Index(
            "uq_payment_alerts_about_reason_source",
            "about",
            "reason",
            "source",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str]
    """Id of the order, as it was said: it need not be ours."""
    reason: Mapped[str]
    """A `Doubt`."""
    source: Mapped[str]
    """answer or notice."""
    count: Mapped[int] = mapped_column(BigInteger)
    """How often, while it was open."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When an operator had dealt with it."""
