"""Sessions that were called off, and what became of each appointment."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.hospital.stop_reasons import StopReason

REPLANNED: Final = "replanned"
"""Another place, by the patient's consent."""
CANCELLED: Final = "cancelled"
"""A booking that ended; its fee goes back."""
RELEASED: Final = "released"
"""An offer or a hold that ended; what was on its way goes back when it arrives."""
_REASONS: Final = ", ".join(f"'{reason}'" for reason in StopReason)


class ClinicStop(Base):
    """A session that a hospital called off: once, for ever."""

    __tablename__ = "clinic_stops"
    __table_args__ = (CheckConstraint(f"reason IN ({_REASONS})", name="reason"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("clinic_sessions.id"), unique=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    terminal_id: Mapped[str]
    """Which of the hospital's terminals did it."""
    reason: Mapped[str]
    at: Mapped[datetime]


class StopOutcome(Base):
    """What became of an appointment that was live when its session was called off: one thing."""

    __tablename__ = "stop_outcomes"
    __table_args__ = (
        CheckConstraint("outcome IN ('replanned', 'cancelled', 'released')", name="outcome"),
        CheckConstraint("(outcome = 'replanned') = (replaced_by IS NOT NULL)", name="replaced"),
        CheckConstraint("refund >= 0 AND (refund = 0 OR outcome = 'cancelled')", name="refund"),
        Index("ix_stop_outcomes_stop_id", "stop_id"),
    )

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointments.id"), primary_key=True)
    stop_id: Mapped[str] = mapped_column(ForeignKey("clinic_stops.id"))
    outcome: Mapped[str]
    was: Mapped[str]
    """The state it was in."""
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("appointments.id"), unique=True)
    refund: Mapped[int] = mapped_column(BigInteger)
    """Fen that go back."""
