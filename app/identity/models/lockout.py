"""Failed verifications of a person or a device, and the pause they lead to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Lockout(Base):
    """One subject: `person:<keyed hash>` or `device:<thumbprint>`, existing or not."""

    __tablename__ = "lockouts"
    __table_args__ = (
        CheckConstraint("failures BETWEEN 0 AND 4", name="failures_below_limit"),
        CheckConstraint("(pauses = 0) = (paused_until IS NULL)", name="pause_has_end"),
    )

    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    """Since the last pause; the fifth begins a pause and starts the count again."""
    pauses: Mapped[int]
    """In a row; each is twice as long as the one before."""
    paused_until: Mapped[datetime | None]
    failed_at: Mapped[datetime]
