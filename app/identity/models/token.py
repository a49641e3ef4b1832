"""Signed-in devices and their refresh tokens.

A family is one sign-in of one person on one device; revoking it ends every token made from it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class TokenFamily(Base):
    """All tokens that come from one verification."""

    __tablename__ = "token_families"
    __table_args__ = (
        CheckConstraint("state IN ('ACTIVE', 'REVOKED')", name="state"),
        CheckConstraint("(state = 'REVOKED') = (revoked_at IS NOT NULL)", name="revoked_has_time"),
        CheckConstraint("(state = 'REVOKED') = (reason IS NOT NULL)", name="revoked_has_reason"),
        Index("ix_token_families_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    verification_id: Mapped[str] = mapped_column(
        ForeignKey("verification_sessions.id"), unique=True
    )
    """Unique: a verification signs in once."""
    receipt_digest: Mapped[str | None]
    """Of the verification's receipt; none where it was made before there were receipts."""
    client_id: Mapped[str]
    subject: Mapped[str]
    """Pairwise: another client knows the person by another name."""
    thumbprint: Mapped[str]
    level: Mapped[str]
    authenticated_at: Mapped[datetime]
    state: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class RefreshToken(Base):
    """One refresh token, known by its keyed hash. Used ones stay, so that reuse is noticed."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index(
            "uq_refresh_tokens_family_id_unused",
            "family_id",
            unique=True,
            postgresql_where=text("used_at IS NULL"),
        ),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("token_families.id", ondelete="CASCADE"))
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
