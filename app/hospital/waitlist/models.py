"""Waitlist entries: who waits for what, what they were given, and why they were passed over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.hospital.models.columns import state_of, within
from app.hospital.waitlist.states import EntryState, SkipReason

MOST_MEMBERS: Final = 4
_REASONS: Final = ", ".join(f"'{reason}'" for reason in SkipReason)


class WaitlistEntry(Base):
    """A wish for a place, or for one for each of a group, by one person."""

    __tablename__ = "waitlist_entries"
    __table_args__ = (
        CheckConstraint("to_day >= from_day AND to_day <= from_day + 60", name="days"),
        CheckConstraint(
            "cardinality(half_days) BETWEEN 1 AND 3"
            " AND half_days <@ ARRAY['morning', 'afternoon', 'evening']",
            name="half_days",
        ),
        CheckConstraint("most_fee BETWEEN 0 AND 1000000", name="most_fee"),
        Index(
            "ix_waitlist_entries_waiting",
            "department_id",
            "created_at",
            "id",
            postgresql_where=text(within([EntryState.WAITING])),
        ),
        Index("ix_waitlist_entries_person_id_id", "person_id", "id"),
        Index(
            "ix_waitlist_entries_to_day_waiting",
            "to_day",
            postgresql_where=text(within([EntryState.WAITING])),
        ),
        Index("ix_waitlist_entries_offered", "id", postgresql_where=text("state = 'OFFERED'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    """Who entered, and answers offers."""
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    department_id: Mapped[str] = mapped_column(ForeignKey("departments.id"))
    practitioner_id: Mapped[str | None] = mapped_column(ForeignKey("practitioners.id"))
    """None: any doctor."""
    session_id: Mapped[str | None] = mapped_column(ForeignKey("clinic_sessions.id"))
    """None: any session."""
    from_day: Mapped[date]
    """In China."""
    to_day: Mapped[date]
    """Included."""
    half_days: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    most_fee: Mapped[int] = mapped_column(BigInteger)
    """Fen, for each place."""
    automatic: Mapped[bool]
    """Book what costs nothing without asking."""
    state: Mapped[EntryState] = mapped_column(state_of(EntryState))
    created_at: Mapped[datetime]
    """By which they are served."""
    state_changed_at: Mapped[datetime]


class WaitlistMember(Base):
    """Somebody who is to get a place: who entered, or somebody they have a mandate of."""

    __tablename__ = "waitlist_members"

    entry_id: Mapped[str] = mapped_column(ForeignKey("waitlist_entries.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    mandate_id: Mapped[str | None] = mapped_column(ForeignKey("family_agreements.id"))
    """None: who entered."""


class WaitlistPlace(Base):
    """A place that an entry was given, by the appointment that holds it."""

    __tablename__ = "waitlist_places"

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointments.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("waitlist_entries.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("slot_units.id"), index=True)


class WaitlistSkip(Base):
    """A session that had a free place, and why this entry was passed over."""

    __tablename__ = "waitlist_skips"
    __table_args__ = (CheckConstraint(f"reason IN ({_REASONS})", name="reason"),)

    entry_id: Mapped[str] = mapped_column(ForeignKey("waitlist_entries.id"), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("clinic_sessions.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
