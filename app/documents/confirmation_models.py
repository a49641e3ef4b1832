"""Provisional certificates: each is to be confirmed by its department, or recalled."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

WAITING: Final = "waiting"
WORKING: Final = "working"
CONFIRMED: Final = "confirmed"
CHANGED: Final = "changed"
RECALLED: Final = "recalled"
OVER: Final = "over"


class CertificateConfirmation(Base):
    """What becomes of a provisional certificate; the database makes one for each.

    The certificate's own row never tells: only its state ever changes.
    """

    __tablename__ = "certificate_confirmations"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'working', 'confirmed', 'changed', 'recalled', 'over')",
            name="state",
        ),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint(
            "(state = 'working') = (claim IS NOT NULL) "
            "AND (claim IS NULL) = (claimed_until IS NULL)",
            name="claimed_while_working",
        ),
        CheckConstraint(
            "(state IN ('waiting', 'working')) = (settled_at IS NULL)", name="settled_in_the_end"
        ),
        Index(
            "ix_certificate_confirmations_open",
            "due_at",
            postgresql_where=text("state IN ('waiting', 'working')"),
        ),
    )

    id: Mapped[str] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    """Of the certificate."""
    state: Mapped[str]
    """`confirmed`: no longer provisional. `changed`: its department said something else, and it
    has ended. `recalled`: nobody said anything in time. `over`: it had ended before."""
    due_at: Mapped[datetime]
    """Not before."""
    attempts: Mapped[int]
    claim: Mapped[str | None]
    """Whose turn it is: drawn anew at each attempt."""
    claimed_until: Mapped[datetime | None]
    """After that, whoever claimed it is taken for dead."""
    failure: Mapped[str | None]
    """Why the last attempt brought nothing: a code, never a word of a department."""
    settled_at: Mapped[datetime | None]
