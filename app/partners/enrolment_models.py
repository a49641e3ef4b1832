"""Codes by which a client's next key comes to us, such as that of a page in a browser."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class KeyEnrolment(Base):
    """One code for one key of one client. A row that has ended stays: a trigger sees to it."""

    __tablename__ = "key_enrolments"
    __table_args__ = (
        CheckConstraint("num_nonnulls(terminal_id, operator_id) = 1", name="one_client"),
        CheckConstraint("octet_length(digest) = 32", name="digest"),
        CheckConstraint("made_by <> '' AND expires_at > made_at", name="made"),
        CheckConstraint("(used_at IS NULL) = (kid IS NULL)", name="used"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
        CheckConstraint("num_nonnulls(used_at, revoked_at) <= 1", name="one_end"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    """Keyed hash of the code, which is nowhere else."""
    terminal_id: Mapped[str | None] = mapped_column(ForeignKey("terminals.id"))
    operator_id: Mapped[str | None] = mapped_column(ForeignKey("operators.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    """Id of the operator, or `commands`."""
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    kid: Mapped[str | None]
    """Name of the key that was added: its thumbprint (RFC 7638)."""
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
