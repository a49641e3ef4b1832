"""Failed verifications of a person, a device or an address, and the pause they lead to."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

FAILURES: Final = 5
"""How many failed sessions of a person or a device begin a pause."""
_BELOW_LIMIT = f"failures >= 0 AND (failures < {FAILURES} OR starts_with(subject, 'address:'))"


class Lockout(Base):
    """One subject: `person:` or `address:` and a keyed hash, `device:` and a thumbprint."""

    __tablename__ = "lockouts"
    __table_args__ = (
        CheckConstraint(_BELOW_LIMIT, name="failures_below_limit"),
        CheckConstraint("(pauses = 0) = (paused_until IS NULL)", name="pause_has_end"),
    )

    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    """Since the last pause; the last that is allowed begins one and starts the count again."""
    pauses: Mapped[int]
    """In a row; each is twice as long as the one before."""
    paused_until: Mapped[datetime | None]
    failed_at: Mapped[datetime]
    failed_sessions: Mapped[int] = mapped_column(server_default="0")
    """Since the subject last passed, whatever was forgotten meanwhile: for the person to know."""
