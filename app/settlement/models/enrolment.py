"""Who is insured where, and what was put into their own account."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Enrolment(Base):
    """A person's insurance in one region and scheme."""

    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint(
            "region ~ '^[0-9]{6}$' AND scheme ~ '^[a-z][a-z0-9-]{0,59}$'",
            name="place",
        ),
        CheckConstraint("until IS NULL OR until > since", name="lasts"),
        CheckConstraint("monthly_fen BETWEEN 0 AND 100000000", name="monthly"),
        Index(
            "uq_enrolments_one_open",
            "person_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_enrolments_person_id_since", "person_id", "since", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    region: Mapped[str]
    scheme: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    """First day on which it no longer counts."""
    monthly_fen: Mapped[int] = mapped_column(BigInteger)
    """What goes into the own account each month."""
    created_at: Mapped[datetime]


class AccountCredit(Base):
    """Money put into a person's own account: once a period, however often it is tried."""

    __tablename__ = "account_credits"
    __table_args__ = (
        CheckConstraint(
            "period ~ '^(opening|[0-9]{4}-(0[1-9]|1[0-2]))$'",
            name="period",
        ),
        CheckConstraint("amount > 0", name="amount"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    """A month such as `2026-11`, or `opening`: what the account held when it came to us."""
    amount: Mapped[int] = mapped_column(BigInteger)
    """Fen."""
    txn_id: Mapped[str] = mapped_column(ForeignKey("ledger_txns.id"), unique=True)
    at: Mapped[datetime]
