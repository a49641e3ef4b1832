"""Persons who passed a verification or were enrolled by an office; nobody else has a row."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Person(Base):
    """One person. What identifies them is sealed; the number is found by its keyed hash."""

    __tablename__ = "persons"
    SEALED: ClassVar[tuple[str, ...]] = ("name", "citizen_number")
    """Columns sealed for their place (table, column, id)."""

    id: Mapped[str] = mapped_column(primary_key=True)
    citizen_hash: Mapped[bytes] = mapped_column(unique=True)
    """Keyed hash of the citizen number."""
    name: Mapped[bytes]
    citizen_number: Mapped[bytes]
    created_at: Mapped[datetime]
