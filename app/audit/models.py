"""The access log. Rows are only ever added: a trigger refuses update and delete."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

ACTOR_KINDS = ("self", "terminal", "system", "staff", "family")


class AccessEvent(Base):
    """One look at one person's data, or one act done with it."""

    __tablename__ = "access_events"
    __table_args__ = (
        CheckConstraint(
            "actor_kind IN ('self', 'terminal', 'system', 'staff', 'family')", name="actor_kind"
        ),
        CheckConstraint("(source IS NULL) = (outcome IS NULL)", name="outcome_of_source"),
        Index("ix_access_events_person_id_id", "person_id", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    """Opaque id of the terminal, client or device."""
    actor: Mapped[str]
    """Name shown to the person, such as a pharmacy's."""
    action: Mapped[str]
    """A constant of `app.audit.actions`."""
    purpose: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """Which of the person's data were read; names, never values."""
    request_id: Mapped[str]
    source: Mapped[str | None]
    """The department's source that was asked, where one was."""
    outcome: Mapped[str | None]
    """What came of asking it, as the record of the exchange says: live, not_found, failed."""
