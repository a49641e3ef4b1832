"""Idempotency keys: a claim first, then the response that was given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class IdempotencyKey(Base):
    """One key of one caller. `response` is sealed: it may hold a card's code or personal data."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        CheckConstraint("(status IS NULL) = (response IS NULL)", name="finished_has_response"),
    )

    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    """SHA-256 of method, path and body."""
    claim: Mapped[str]
    """Random token of the request that works on it; a later claim invalidates an earlier one."""
    claimed_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    status: Mapped[int | None]
    headers: Mapped[str | None]
    """JSON object of the headers to repeat."""
    response: Mapped[bytes | None]
