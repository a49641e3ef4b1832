"""Provisional certificates: each is to be confirmed by its department, or recalled."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from app.core.database import Base
from app.documents.turn_models import TurnRow

CONFIRMED: Final = "confirmed"
CHANGED: Final = "changed"
RECALLED: Final = "recalled"
OVER: Final = "over"


class CertificateConfirmation(TurnRow, Base):
    """What becomes of a provisional certificate; the database makes one for each.

    The certificate's own row never tells: only its state ever changes. `confirmed`: no longer
    provisional. `changed`: its department said something else, and it has ended. `recalled`: nobody
    said anything in time. `over`: it had ended before.
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

    settled_at: Mapped[datetime | None]
