"""Batches: several certificates asked for at once, each ending on its own."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

QUEUED: Final = "queued"
RUNNING: Final = "running"
ISSUED: Final = "issued"
REFUSED: Final = "refused"
MOST_ITEMS: Final = 10


class CertificateBatch(Base):
    """What one person asked for with one request."""

    __tablename__ = "certificate_batches"
    __table_args__ = (
        CheckConstraint("until > created_at", name="ends_after_begin"),
        Index("ix_certificate_batches_created_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    level: Mapped[str]
    """Assurance level of the token it was asked with."""
    device: Mapped[str]
    """Thumbprint of the device's key."""
    created_at: Mapped[datetime]
    until: Mapped[datetime]
    """What is not begun by then is refused: a request does not stand for ever."""


class BatchItem(Base):
    """One certificate of a batch. It is worked on by whoever holds the claim, until it ends."""

    __tablename__ = "certificate_batch_items"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'issued', 'refused')", name="state"),
        CheckConstraint("position BETWEEN 0 AND 9", name="position"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint(
            "(state = 'running') = (claim IS NOT NULL)"
            " AND (claim IS NULL) = (claimed_until IS NULL)",
            name="running_is_claimed",
        ),
        CheckConstraint(
            "(state = 'issued') = (certificate_id IS NOT NULL)", name="issued_has_certificate"
        ),
        CheckConstraint("(state = 'refused') = (problem IS NOT NULL)", name="refused_has_problem"),
        UniqueConstraint("batch_id", "type"),
        UniqueConstraint("certificate_id"),
        Index(
            "ix_certificate_batch_items_open",
            "batch_id",
            "position",
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
    )
    SEALED: ClassVar[tuple[str, ...]] = ("problem",)

    batch_id: Mapped[str] = mapped_column(
        ForeignKey("certificate_batches.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    """How often it was begun; a process that dies leaves it begun."""
    claim: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    certificate_id: Mapped[str | None] = mapped_column(ForeignKey("certificates.id"))
    problem: Mapped[bytes | None]
    """Why it was refused, sealed for (table, column, batch/position): it may tell a fact."""
