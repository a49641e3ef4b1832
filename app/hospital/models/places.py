"""Hospitals, where they are, and who works there. The hospital's own ids are its `external_id`s."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.hospital.models.columns import state_of


class PlaceState(StrEnum):
    """Whether new appointments can be made with a hospital, a department or a doctor."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class Hospital(Base):
    """A hospital: a partner whose terminals are its desks, kiosks and information system."""

    __tablename__ = "hospitals"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("region ~ '^[0-9]{6}$'", name="region"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"), unique=True)
    name: Mapped[str]
    initials: Mapped[str]
    """Pinyin initials of the name, lower case: what people type."""
    region: Mapped[str]
    """Administrative division, six digits (GB/T 2260)."""
    online_terminal_id: Mapped[str | None] = mapped_column(ForeignKey("terminals.id"), unique=True)
    """Stands for the hospital where fees are paid on a phone; nobody can log in as it. None: no
    fee has been paid yet."""
    state: Mapped[PlaceState] = mapped_column(state_of(PlaceState))
    created_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]


class Campus(Base):
    """One address of a hospital (院区)."""

    __tablename__ = "campuses"
    __table_args__ = (
        UniqueConstraint("hospital_id", "external_id"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    external_id: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    latitude: Mapped[float]
    """Degrees, WGS 84."""
    longitude: Mapped[float]
    """Likewise."""
    changed_at: Mapped[datetime]


class Department(Base):
    """A department (科室) at one address."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("hospital_id", "external_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    campus_id: Mapped[str] = mapped_column(ForeignKey("campuses.id"), index=True)
    external_id: Mapped[str]
    name: Mapped[str]
    initials: Mapped[str]
    """Pinyin initials of the name, lower case."""
    state: Mapped[PlaceState] = mapped_column(state_of(PlaceState))
    changed_at: Mapped[datetime]


class Practitioner(Base):
    """A doctor. Which departments they work in is told by their sessions."""

    __tablename__ = "practitioners"
    __table_args__ = (UniqueConstraint("hospital_id", "external_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    external_id: Mapped[str]
    name: Mapped[str]
    """Of somebody in office: public."""
    initials: Mapped[str]
    """Pinyin initials of the name, lower case."""
    title: Mapped[str]
    """Such as 主任医师."""
    state: Mapped[PlaceState] = mapped_column(state_of(PlaceState))
    changed_at: Mapped[datetime]
