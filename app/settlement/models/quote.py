"""What a purchase would cost, as a terminal was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Quote(Base):
    """One quote. It is settled at most once, by the terminal it was given to."""

    __tablename__ = "quotes"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="lasts"),
        CheckConstraint("(settlement_id IS NULL) = (used_at IS NULL)", name="used"),
        CheckConstraint("used_at < expires_at", name="used_in_time"),
        Index("ix_quotes_expires_at", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    presentation_id: Mapped[str] = mapped_column(ForeignKey("presentations.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"))
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminals.id"))
    purpose: Mapped[str]
    mandate_id: Mapped[str | None]
    """The family mandate by which somebody else showed the code."""
    agent_id: Mapped[str | None]
    """Who that was."""
    amount_cap: Mapped[int | None] = mapped_column(BigInteger)
    """What the purchase may cost in all, fen, where the code was capped."""
    region: Mapped[str]
    scheme: Mapped[str]
    year: Mapped[int]
    rule_hash: Mapped[str]
    """SHA-256 of the rule it was made by."""
    accumulator_version: Mapped[int] = mapped_column(BigInteger)
    account_seen: Mapped[int] = mapped_column(BigInteger)
    """What the own account held that may be spent, fen."""
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Rule, limits, lines, split, sources and trace."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settlement_id: Mapped[str | None] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]
