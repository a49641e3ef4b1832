"""Credentials for codes without a network, what tills uploaded of them, and who must not be served.

Of a credential only its public side is kept: the phone has the key.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.card.offline_states import CredentialState
from app.core.database import Base

ACCEPTED = "ACCEPTED"


class OfflineCredential(Base):
    """One credential: good for one code."""

    __tablename__ = "offline_credentials"
    __table_args__ = (
        CheckConstraint("octet_length(alias) = 16", name="alias"),
        CheckConstraint("level IN ('L1', 'L2', 'L3')", name="level"),
        CheckConstraint("cap_fen > 0", name="cap"),
        CheckConstraint("not_before <= issued_at AND expires_at > issued_at", name="lives"),
        CheckConstraint(
            "(state = 'CONSUMED') = (terminal_id IS NOT NULL)"
            " AND (terminal_id IS NULL) = (presented_at IS NULL)"
            " AND (terminal_id IS NULL) = (purpose IS NULL)"
            " AND (terminal_id IS NULL) = (code_digest IS NULL)",
            name="consumer",
        ),
        CheckConstraint("state <> 'SUPERSEDED' OR superseded_at IS NOT NULL", name="superseded"),
        CheckConstraint("state <> 'REVOKED' OR revoked_at IS NOT NULL", name="revoked"),
        CheckConstraint(
            "presented_at + interval '60 s' > issued_at AND presented_at < expires_at",
            name="presented_in_time",
        ),
        CheckConstraint("presented_at < revoked_at", name="presented_before_revocation"),
        CheckConstraint("octet_length(code_digest) = 32", name="code_digest"),
        Index("ix_offline_credentials_token_id", "token_id"),
        Index("ix_offline_credentials_expires_at", "expires_at"),
        Index(
            "uq_offline_credentials_one_code_a_minute",
            "token_id",
            "purpose",
            "presented_at",
            unique=True,
            postgresql_where=text("state = 'CONSUMED'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    alias: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """Hash of its key: a key never gets a second credential."""
    token_id: Mapped[str] = mapped_column(ForeignKey("card_tokens.id"))
    batch_id: Mapped[str]
    state: Mapped[CredentialState] = mapped_column(
        Enum(CredentialState, native_enum=False, length=16, create_constraint=True, name="state")
    )
    level: Mapped[str]
    cap_fen: Mapped[int] = mapped_column(BigInteger)
    issued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    """What the credential says: the same for many, and before `issued_at`."""
    expires_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    presented_at: Mapped[datetime | None]
    """Beginning of the minute of the one code that was accepted."""
    purpose: Mapped[str | None]
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SHA-256 of that code."""
    terminal_id: Mapped[str | None] = mapped_column(ForeignKey("terminals.id"))
    """Who brought it."""


class OfflineUpload(Base):
    """What was made of a code that a till had taken without a network. Rows are only ever added."""

    __tablename__ = "offline_uploads"
    __table_args__ = (
        CheckConstraint("octet_length(code_digest) = 32", name="code_digest"),
        CheckConstraint("octet_length(sale_digest) = 32", name="sale_digest"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        CheckConstraint("verdict <> ''", name="verdict"),
        CheckConstraint(
            "(verdict = 'ACCEPTED') = (presentation_id IS NOT NULL)", name="accepted_is_presented"
        ),
        UniqueConstraint(
            "terminal_id", "code_digest", "sale_digest", name="uq_offline_uploads_once"
        ),
        Index(
            "uq_offline_uploads_one_accepted",
            "credential_id",
            unique=True,
            postgresql_where=text("verdict = 'ACCEPTED'"),
        ),
        Index("ix_offline_uploads_verdict_id", "verdict", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[str] = mapped_column(ForeignKey("offline_credentials.id"))
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminals.id"))
    code_digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the code."""
    sale_digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of what was sold; what it was stays with the merchant until it is settled."""
    purpose: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    presented_at: Mapped[datetime]
    received_at: Mapped[datetime]
    verdict: Mapped[str]
    """ACCEPTED, or the code of the refusal."""
    presentation_id: Mapped[str | None] = mapped_column(ForeignKey("presentations.id"), unique=True)


class OfflineExposure(Base):
    """What was sold on one card's offline codes on one day."""

    __tablename__ = "offline_exposures"
    __table_args__ = (CheckConstraint("spent_fen BETWEEN 0 AND cap_fen", name="within_cap"),)

    card_id: Mapped[str] = mapped_column(ForeignKey("cards.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    """In Asia/Shanghai, of the codes' minutes."""
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    cap_fen: Mapped[int] = mapped_column(BigInteger)


class CardRevocation(Base):
    """A credential that was revoked before its end, in the order of publication."""

    __tablename__ = "card_revocations"
    __table_args__ = (
        CheckConstraint("octet_length(alias) = 16", name="alias"),
        Index("ix_card_revocations_expires_at", "expires_at"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    alias: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    """After that nobody needs to know."""


class RevocationHead(Base):
    """The number of the newest revocation: one row, whose lock puts numbers in order of commit."""

    __tablename__ = "card_revocation_head"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("number >= 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
