"""Points of people who did not come or cancelled late, and outages for which nobody gets one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.hospital.conduct.states import COUNTING, Forgiveness, PointKind, PointState
from app.hospital.models.columns import state_of, within


class ConductPoint(Base):
    """One missed or late cancelled appointment, by the rules that were in force."""

    __tablename__ = "conduct_points"
    __table_args__ = (
        CheckConstraint("expires_at > at", name="expires"),
        CheckConstraint("state <> 'APPEALED' OR appeal IS NOT NULL", name="appealed_with_words"),
        CheckConstraint("(state = 'FORGIVEN') = (forgiven_for IS NOT NULL)", name="forgiven_for"),
        CheckConstraint(
            "(state IN ('UPHELD', 'REVOKED')) <= (decided_by IS NOT NULL AND decision IS NOT NULL)",
            name="decided",
        ),
        Index("ix_conduct_points_person_id_id", "person_id", "id"),
        Index(
            "ix_conduct_points_expires_at_counting",
            "expires_at",
            postgresql_where=text(within(COUNTING)),
        ),
        Index(
            "ix_conduct_points_appealed", "id", postgresql_where=text(within([PointState.APPEALED]))
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointments.id"), unique=True)
    kind: Mapped[PointKind] = mapped_column(
        Enum(PointKind, native_enum=False, length=20, create_constraint=True, name="kind")
    )
    state: Mapped[PointState] = mapped_column(state_of(PointState))
    at: Mapped[datetime]
    """When it was missed or cancelled."""
    expires_at: Mapped[datetime]
    """It counts before that moment."""
    rules: Mapped[str]
    """Version of the rules it was made by."""
    forgiven_for: Mapped[Forgiveness | None] = mapped_column(
        Enum(Forgiveness, native_enum=False, length=20, create_constraint=True, name="forgiveness")
    )
    appeal: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the person says, sealed."""
    appealed_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    """Operator or terminal."""
    decision: Mapped[str | None]
    """What the person is told; of the office, nothing personal."""
    decided_at: Mapped[datetime | None]
    state_changed_at: Mapped[datetime]


class BookingOutage(Base):
    """A time at which people could not come or cancel, through no fault of theirs."""

    __tablename__ = "booking_outages"
    __table_args__ = (
        CheckConstraint(
            "ends_at > starts_at AND ends_at <= starts_at + interval '31 days'", name="lasts"
        ),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_booking_outages_ends_at", "ends_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    hospital_id: Mapped[str | None] = mapped_column(ForeignKey("hospitals.id"))
    """None: the whole city's."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    recorded_by: Mapped[str]
    """The operator."""
    recorded_at: Mapped[datetime]
