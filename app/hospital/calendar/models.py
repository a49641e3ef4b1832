"""Secret links to calendars: only a hash of each is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

DISCREET: Final = "discreet"
"""That there is an appointment, and when."""
DEPARTMENT: Final = "department"
"""Also the hospital, the department and the address."""


class CalendarFeed(Base):
    """A link that somebody gave to a calendar. One a person is in force."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
        CheckConstraint("shows IN ('discreet', 'department')", name="shows"),
        CheckConstraint("ended_at >= created_at", name="ends"),
        Index(
            "uq_calendar_feeds_person_id_open",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of the secret in the link: 256 random bits, so that a plain hash keeps it."""
    shows: Mapped[str]
    """What events say."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """None: in force."""
    last_read_at: Mapped[datetime | None]
    """To the hour: so that its owner sees whether somebody uses it."""
