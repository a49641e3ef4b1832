"""Fees of appointments: each attempt at paying one, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.hospital.models.columns import state_of, within
from app.hospital.states import FEE_OPEN, FEE_STANDING, FeeState


class AppointmentFee(Base):
    """One attempt. Its id is the name under which the settlement pays it, once for ever."""

    __tablename__ = "appointment_fees"
    __table_args__ = (
        CheckConstraint("amount BETWEEN 1 AND 1000000", name="amount"),
        CheckConstraint(
            "state IN ('BEGUN', 'DROPPED') OR settlement_id IS NOT NULL", name="settlement"
        ),
        Index(
            "uq_appointment_fees_one_standing",
            "appointment_id",
            unique=True,
            postgresql_where=text(within(FEE_STANDING)),
        ),
        Index("ix_appointment_fees_appointment_id", "appointment_id"),
        Index(
            "ix_appointment_fees_state_changed_at_open",
            "state_changed_at",
            postgresql_where=text(within((*FEE_OPEN, FeeState.RETURNING))),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointments.id"))
    """Whose fee it is now: a rescheduled appointment hands it on."""
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    item_code: Mapped[str]
    """Of the fee, in the catalogue of what insurance pays."""
    amount: Mapped[int] = mapped_column(BigInteger)
    """Fen."""
    state: Mapped[FeeState] = mapped_column(state_of(FeeState))
    settlement_id: Mapped[str | None] = mapped_column(ForeignKey("settlements.id"), unique=True)
    """What paid it."""
    created_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]
