"""When doctors see patients: sessions, their channel pools, and numbered places with windows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.hospital.models.columns import state_of, within
from app.hospital.states import SessionState, UnitState

CHANNELS = ("app", "window", "referral", "return", "elder", "urgent")
"""Who a pool is for: this system's public, the hospital's window, referrals, return visits, older
people without a phone, urgent cases."""
HALF_DAYS = ("morning", "afternoon", "evening")
FEE_CLASSES = ("ordinary", "expert", "special")


def _among(column: str, values: tuple[str, ...]) -> str:
    return "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))


class ClinicSession(Base):
    """A doctor's half-day in a department."""

    __tablename__ = "clinic_sessions"
    __table_args__ = (
        UniqueConstraint("hospital_id", "external_id"),
        CheckConstraint(_among("half_day", HALF_DAYS), name="half_day"),
        CheckConstraint(_among("fee_class", FEE_CLASSES), name="fee_class"),
        CheckConstraint("fee BETWEEN 0 AND 1000000", name="fee"),
        CheckConstraint("ends_at > starts_at", name="lasts"),
        CheckConstraint(
            "day = (starts_at AT TIME ZONE 'Asia/Shanghai')::date", name="day_in_china"
        ),
        Index("ix_clinic_sessions_department_id_day", "department_id", "day"),
        Index("ix_clinic_sessions_practitioner_id_day", "practitioner_id", "day"),
        Index(
            "ix_clinic_sessions_day_starts_at_id_published",
            "day",
            "starts_at",
            "id",
            postgresql_where=text(within([SessionState.PUBLISHED])),
        ),
        Index(
            "ix_clinic_sessions_ends_at_published",
            "ends_at",
            postgresql_where=text(within([SessionState.PUBLISHED])),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    external_id: Mapped[str]
    department_id: Mapped[str] = mapped_column(ForeignKey("departments.id"))
    practitioner_id: Mapped[str] = mapped_column(ForeignKey("practitioners.id"))
    day: Mapped[date]
    """In China."""
    half_day: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    fee_class: Mapped[str]
    fee: Mapped[int] = mapped_column(BigInteger)
    """Fen."""
    item_code: Mapped[str]
    """Of the fee, in the catalogue of what insurance pays."""
    opens_at: Mapped[datetime]
    """From when the public may book (放号)."""
    state: Mapped[SessionState] = mapped_column(state_of(SessionState))
    created_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]


class UnitPool(Base):
    """The places of a session that one channel may sell."""

    __tablename__ = "unit_pools"
    __table_args__ = (
        UniqueConstraint("session_id", "channel"),
        UniqueConstraint("id", "session_id"),
        CheckConstraint(_among("channel", CHANNELS), name="channel"),
        CheckConstraint("size BETWEEN 0 AND 500", name="size"),
        Index(
            "ix_unit_pools_gives_back_at",
            "gives_back_at",
            postgresql_where=text("gives_back_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("clinic_sessions.id"))
    channel: Mapped[str]
    size: Mapped[int]
    """How many places it has: at each commit as many as there are rows."""
    gives_back_at: Mapped[datetime | None]
    """From when what is free goes to the channel `app`, also what becomes free later; None: never,
    or the session is over."""


class SlotUnit(Base):
    """One numbered place with its window."""

    __tablename__ = "slot_units"
    __table_args__ = (
        UniqueConstraint("session_id", "number"),
        UniqueConstraint("id", "session_id"),
        ForeignKeyConstraint(["pool_id", "session_id"], ["unit_pools.id", "unit_pools.session_id"]),
        CheckConstraint("number BETWEEN 1 AND 500", name="number"),
        CheckConstraint("ends_at > starts_at", name="lasts"),
        Index(
            "ix_slot_units_pool_id_number_free",
            "pool_id",
            "number",
            postgresql_where=text(within([UnitState.FREE])),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str]
    pool_id: Mapped[str]
    number: Mapped[int] = mapped_column(SmallInteger)
    """The queue number (号序)."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[UnitState] = mapped_column(state_of(UnitState))
    state_changed_at: Mapped[datetime]
