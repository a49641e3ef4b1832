"""What a hospital said last of its sessions, its weekly templates, its holidays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class SessionPlan(Base):
    """A session as the hospital wanted it last.

    A place that was given back is in another pool than its hospital put it: what the hospital
    changes is the difference between this record and its next, never that between rows and record.
    """

    __tablename__ = "session_plans"
    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest"),)

    session_id: Mapped[str] = mapped_column(ForeignKey("clinic_sessions.id"), primary_key=True)
    digest: Mapped[str]
    """SHA-256 of the record, hexadecimal: the same again changes nothing."""
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[datetime]


class SessionTemplate(Base):
    """A session that is held every week (排班模板)."""

    __tablename__ = "session_templates"
    __table_args__ = (
        UniqueConstraint("hospital_id", "external_id"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("until >= since", name="lasts"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    external_id: Mapped[str]
    weekday: Mapped[int] = mapped_column(SmallInteger)
    """1 is Monday (ISO 8601)."""
    since: Mapped[date]
    until: Mapped[date | None]
    """The last day; None: until further notice."""
    active: Mapped[bool]
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As it was sent: department, practitioner, times, pools."""
    changed_at: Mapped[datetime]


class HospitalHoliday(Base):
    """A day on which a hospital does not work by its weekday."""

    __tablename__ = "hospital_holidays"
    __table_args__ = (CheckConstraint("plan_as BETWEEN 1 AND 7", name="plan_as"),)

    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    """Such as 春节."""
    plan_as: Mapped[int | None] = mapped_column(SmallInteger)
    """The weekday whose templates hold instead (调休); None: none does."""
    changed_at: Mapped[datetime]


class PlanningRound(Base):
    """When a hospital's days ahead were planned last."""

    __tablename__ = "planning_rounds"

    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"), primary_key=True)
    planned_on: Mapped[date]
    """In China: the timer plans once a day."""
