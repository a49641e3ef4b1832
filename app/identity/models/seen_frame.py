"""Frames of recent sessions, so that none can be used again. No pixels."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class SeenFrame(Base):
    """A picture file that was sent; the first session to send it owns it."""

    __tablename__ = "seen_frames"
    __table_args__ = (Index("ix_seen_frames_expires_at", "expires_at"),)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the file."""
    session_id: Mapped[str] = mapped_column(ForeignKey("verification_sessions.id"))
    expires_at: Mapped[datetime]


class SeenCapture(Base):
    """The perceptual hashes of one step's frames, one after the other, sealed."""

    __tablename__ = "seen_captures"
    __table_args__ = (
        Index("ix_seen_captures_person_hash", "person_hash"),
        Index("ix_seen_captures_expires_at", "expires_at"),
    )
    SEALED: ClassVar[tuple[str, ...]] = ("likeness",)

    session_id: Mapped[str] = mapped_column(
        ForeignKey("verification_sessions.id"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    person_hash: Mapped[bytes]
    likeness: Mapped[bytes]
    expires_at: Mapped[datetime]
