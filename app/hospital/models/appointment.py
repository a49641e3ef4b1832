"""Appointments: who has which place, and what happened to it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.hospital.models.columns import state_of, within
from app.hospital.states import CLAIMING, LIVE, AppointmentState

_WAITING = (AppointmentState.OFFERED, AppointmentState.PENDING_PAYMENT)


class Appointment(Base):
    """A person's claim on a place: offer, hold and booking are states of one row.

    What a session says is copied here so that indexes can hold the person's quotas; a session's
    department, doctor and day never change once it has appointments.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "session_id"], ["slot_units.id", "slot_units.session_id"]),
        CheckConstraint("fee BETWEEN 0 AND 1000000", name="fee"),
        CheckConstraint("ends_at > starts_at", name="lasts"),
        CheckConstraint("replaces <> id", name="replaces_another"),
        CheckConstraint("source IN ('public', 'ticket', 'waitlist', 'hospital')", name="source"),
        CheckConstraint("consent IN ('none', 'same_doctor', 'same_department')", name="consent"),
        CheckConstraint("(mandate_id IS NULL) = (agent_id IS NULL)", name="agent_of_mandate"),
        CheckConstraint(f"({within(_WAITING)}) <= (deadline IS NOT NULL)", name="waits_until"),
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint("calls >= 0", name="calls"),
        CheckConstraint("called_at IS NULL OR calls > 0", name="called"),
        CheckConstraint("(called_at IS NULL) = (room IS NULL)", name="called_into"),
        CheckConstraint("length(room) BETWEEN 1 AND 20", name="room"),
        Index(
            "uq_appointments_one_of_unit",
            "unit_id",
            unique=True,
            postgresql_where=text(within(CLAIMING)),
        ),
        Index(
            "uq_appointments_person_department_day",
            "person_id",
            "department_id",
            "day",
            unique=True,
            postgresql_where=text(within(LIVE)),
        ),
        Index(
            "uq_appointments_person_practitioner_day",
            "person_id",
            "practitioner_id",
            "day",
            unique=True,
            postgresql_where=text(within(LIVE)),
        ),
        ExcludeConstraint(
            ("person_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_appointments_person_time",
            using="gist",
            where=text(within(LIVE)),
        ),
        Index("ix_appointments_person_id_id", "person_id", "id"),
        Index("ix_appointments_session_id", "session_id"),
        Index("ix_appointments_hospital_id_day_id", "hospital_id", "day", "id"),
        Index("ix_appointments_deadline", "deadline", postgresql_where=text(within(_WAITING))),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    """The patient."""
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    """Who booked it for them, under the mandate."""
    mandate_id: Mapped[str | None] = mapped_column(ForeignKey("family_agreements.id"))
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    department_id: Mapped[str] = mapped_column(ForeignKey("departments.id"))
    practitioner_id: Mapped[str] = mapped_column(ForeignKey("practitioners.id"))
    session_id: Mapped[str]
    unit_id: Mapped[str]
    day: Mapped[date]
    """In China."""
    starts_at: Mapped[datetime]
    """Of the place's window."""
    ends_at: Mapped[datetime]
    state: Mapped[AppointmentState] = mapped_column(state_of(AppointmentState))
    source: Mapped[str]
    """How it came about."""
    fee: Mapped[int] = mapped_column(BigInteger)
    """Fen, when the place was taken."""
    deadline: Mapped[datetime | None]
    """Of an offer or a hold; what ended keeps its last one."""
    extended: Mapped[bool]
    """Whether beginning to pay has moved the deadline; it does so once."""
    consent: Mapped[str]
    """What the hospital may give instead when it calls the session off, without asking."""
    replaces: Mapped[str | None] = mapped_column(ForeignKey("appointments.id"), unique=True)
    """The appointment this one took the place of."""
    sequence: Mapped[int]
    """Number of its last event."""
    called_at: Mapped[datetime | None]
    """When the person was called last (叫号); None: not yet, or passed over since."""
    calls: Mapped[int] = mapped_column(server_default="0")
    """How often, whatever came of it."""
    room: Mapped[str | None]
    """Into which."""
    place_in_line: Mapped[Decimal | None] = mapped_column(Numeric)
    """Where somebody who was passed over (过号) stands among the numbers; None: at their own."""
    created_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]


class AppointmentEvent(Base):
    """What happened to an appointment, numbered without gaps. Rows are only ever added."""

    __tablename__ = "appointment_events"
    __table_args__ = (CheckConstraint("sequence >= 1", name="sequence"),)

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointments.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    """The state it took, lower case, or what changed without one, such as `extended`."""
    at: Mapped[datetime]
    actor: Mapped[str]
    """`patient`, `agent`, `hospital` or `system`."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Ids, reasons and times; nothing personal."""
