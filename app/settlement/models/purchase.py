"""Settlements, their lines, what was given back, and what a year's recomputation changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.settlement.states import SettlementState

COMPONENTS: Final = (
    "total",
    "own",
    "over",
    "self_first",
    "in_scope",
    "deductible",
    "fund",
    "account",
    "mutual",
    "cash",
)
"""What an amount is made of; each is given back at most as far as it was paid."""
SPLIT: Final = (
    "total = own + over + self_first + in_scope AND total = fund + account + cash "
    "AND mutual <= account AND deductible + fund <= in_scope"
)
RETURNED: Final = " AND ".join(f"returned_{one} BETWEEN 0 AND {one}" for one in COMPONENTS)


class Settlement(Base):
    """One purchase, paid by several. The figures are those it was made with."""

    __tablename__ = "settlements"
    __table_args__ = (
        CheckConstraint(SPLIT, name="split"),
        CheckConstraint(RETURNED, name="returned"),
        CheckConstraint("total > 0", name="total"),
        CheckConstraint("cash_by IN ('none', 'till', 'provider')", name="cash_by"),
        CheckConstraint("(cash = 0) = (cash_by = 'none')", name="cash"),
        CheckConstraint(
            "cash_by = 'provider' OR state NOT IN ('HOLDING', 'CASH_PENDING', 'VOIDED')",
            name="waits_for_provider",
        ),
        CheckConstraint(
            "(state IN ('SETTLED', 'PARTIALLY_REFUNDED', 'REVERSED')) = (settled_at IS NOT NULL)",
            name="settled",
        ),
        CheckConstraint("(state = 'REVERSED') = (returned_total = total)", name="reversed"),
        CheckConstraint(
            "(state = 'PARTIALLY_REFUNDED') = (returned_total BETWEEN 1 AND total - 1)",
            name="partially_refunded",
        ),
        CheckConstraint(
            "deductible_now >= 0 AND fund_now >= 0 AND "
            "deductible_now + fund_now <= in_scope - returned_in_scope",
            name="now",
        ),
        UniqueConstraint("merchant_id", "msgid"),
        Index(
            "uq_settlements_one_per_presentation",
            "presentation_id",
            unique=True,
            postgresql_where=text("state <> 'VOIDED'"),
        ),
        Index("ix_settlements_year", "person_id", "scheme", "year", "number"),
        Index("ix_settlements_person_id_id", "person_id", "id"),
        Index("ix_settlements_merchant_id_settled_at", "merchant_id", "settled_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    """Order within a year: assigned while the accumulator is locked."""
    quote_id: Mapped[str] = mapped_column(ForeignKey("quotes.id"), unique=True)
    presentation_id: Mapped[str] = mapped_column(ForeignKey("presentations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"))
    merchant_name: Mapped[str]
    """As the holder knew it then."""
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminals.id"))
    msgid: Mapped[str]
    mandate_use_id: Mapped[str | None]
    """What a family mandate was used by, where one was."""
    region: Mapped[str]
    scheme: Mapped[str]
    year: Mapped[int]
    """Whose accumulator it counts into, whenever it is reversed."""
    state: Mapped[SettlementState] = mapped_column(
        Enum(SettlementState, native_enum=False, length=20, create_constraint=True, name="state")
    )
    cash_by: Mapped[str]
    total: Mapped[int] = mapped_column(BigInteger)
    own: Mapped[int] = mapped_column(BigInteger)
    over: Mapped[int] = mapped_column(BigInteger)
    self_first: Mapped[int] = mapped_column(BigInteger)
    in_scope: Mapped[int] = mapped_column(BigInteger)
    deductible: Mapped[int] = mapped_column(BigInteger)
    fund: Mapped[int] = mapped_column(BigInteger)
    account: Mapped[int] = mapped_column(BigInteger)
    mutual: Mapped[int] = mapped_column(BigInteger)
    cash: Mapped[int] = mapped_column(BigInteger)
    returned_total: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_own: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_over: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_self_first: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_in_scope: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_deductible: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_fund: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_account: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_mutual: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_cash: Mapped[int] = mapped_column(BigInteger, server_default="0")
    deductible_now: Mapped[int] = mapped_column(BigInteger)
    """After refunds and recomputations of the year."""
    fund_now: Mapped[int] = mapped_column(BigInteger)
    sources: Mapped[list[list[Any]]] = mapped_column(JSONB)
    """Own accounts that paid: person, fen and the family's use of it; the buyer's own first."""
    hold_id: Mapped[str | None] = mapped_column(ForeignKey("ledger_txns.id"), unique=True)
    """The pending ledger transaction, where the cash part goes through the provider."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class SettlementLine(Base):
    """One line of a settlement: its share of every component, and what came back of it."""

    __tablename__ = "settlement_lines"
    __table_args__ = (
        CheckConstraint(SPLIT, name="split"),
        CheckConstraint(RETURNED, name="returned"),
        CheckConstraint("total = quantity * unit_price", name="total"),
        CheckConstraint("quantity >= 1 AND returned_quantity BETWEEN 0 AND quantity", name="units"),
        CheckConstraint("returned_total = returned_quantity * unit_price", name="returned_units"),
    )

    settlement_id: Mapped[str] = mapped_column(ForeignKey("settlements.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    """Place in the basket, from 1."""
    code: Mapped[str]
    category: Mapped[str]
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    own: Mapped[int] = mapped_column(BigInteger)
    over: Mapped[int] = mapped_column(BigInteger)
    self_first: Mapped[int] = mapped_column(BigInteger)
    in_scope: Mapped[int] = mapped_column(BigInteger)
    deductible: Mapped[int] = mapped_column(BigInteger)
    fund: Mapped[int] = mapped_column(BigInteger)
    account: Mapped[int] = mapped_column(BigInteger)
    mutual: Mapped[int] = mapped_column(BigInteger)
    cash: Mapped[int] = mapped_column(BigInteger)
    returned_quantity: Mapped[int] = mapped_column(server_default="0")
    returned_total: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_own: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_over: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_self_first: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_in_scope: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_deductible: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_fund: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_account: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_mutual: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned_cash: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Refund(Base):
    """What was given back at one time. Rows are only ever added."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("total > 0 AND total = fund + account + cash", name="total"),
        CheckConstraint("mutual <= account", name="mutual"),
        UniqueConstraint("merchant_id", "msgid"),
        Index("ix_refunds_merchant_id_at", "merchant_id", "at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    settlement_id: Mapped[str] = mapped_column(ForeignKey("settlements.id"), index=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"))
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminals.id"))
    msgid: Mapped[str]
    whole: Mapped[bool]
    """Whether it was a reversal: all that was left."""
    lines: Mapped[list[dict[str, int]]] = mapped_column(JSONB)
    total: Mapped[int] = mapped_column(BigInteger)
    fund: Mapped[int] = mapped_column(BigInteger)
    account: Mapped[int] = mapped_column(BigInteger)
    mutual: Mapped[int] = mapped_column(BigInteger)
    cash: Mapped[int] = mapped_column(BigInteger)
    txn_id: Mapped[str] = mapped_column(ForeignKey("ledger_txns.id"), unique=True)
    at: Mapped[datetime]


class Adjustment(Base):
    """What a recomputation of the year changed in one settlement. Rows are only ever added."""

    __tablename__ = "adjustments"
    __table_args__ = (
        CheckConstraint("fund <> 0 OR deductible <> 0", name="changes"),
        CheckConstraint("fund + account + due = 0", name="balanced"),
        CheckConstraint("(fund = 0) = (txn_id IS NULL)", name="posted"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    settlement_id: Mapped[str] = mapped_column(ForeignKey("settlements.id"), index=True)
    """Whose share changed."""
    cause_id: Mapped[str]
    """The refund, or the voided settlement, behind it."""
    deductible: Mapped[int] = mapped_column(BigInteger)
    """Change, fen."""
    fund: Mapped[int] = mapped_column(BigInteger)
    """How much more the fund pays; less where negative."""
    account: Mapped[int] = mapped_column(BigInteger)
    """How much more the own account paid."""
    due: Mapped[int] = mapped_column(BigInteger)
    """How much more the person owes."""
    txn_id: Mapped[str | None] = mapped_column(ForeignKey("ledger_txns.id"), unique=True)
    at: Mapped[datetime]
