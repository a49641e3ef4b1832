"""What became of each message of a merchant's, for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class SettlementMessage(Base):
    """One `msgid`. Whoever writes the row first decides; rows never change."""

    __tablename__ = "settlement_messages"
    __table_args__ = (
        CheckConstraint("length(msgid) BETWEEN 8 AND 64", name="msgid"),
        CheckConstraint("outcome IN ('COMMITTED', 'REJECTED', 'FENCED')", name="outcome"),
        CheckConstraint("kind IN ('settle', 'refund', 'reverse', 'fence')", name="kind"),
        CheckConstraint("(outcome = 'FENCED') = (kind = 'fence')", name="fence"),
        CheckConstraint("(outcome = 'FENCED') = (fingerprint IS NULL)", name="fingerprint"),
        CheckConstraint("(outcome = 'COMMITTED') = (settlement_id IS NOT NULL)", name="committed"),
        CheckConstraint("(outcome = 'REJECTED') = (problem IS NOT NULL)", name="rejected"),
    )

    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    msgid: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    outcome: Mapped[str]
    fingerprint: Mapped[bytes | None]
    """SHA-256 of what was asked."""
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminals.id"))
    settlement_id: Mapped[str | None]
    refund_id: Mapped[str | None]
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Code, pointer and members of the refusal."""
    at: Mapped[datetime]
