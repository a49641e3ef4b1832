"""Exchanges with departments, and what is remembered of drops, answers and feeds of changes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Exchange(Base):
    """What was asked of whom and what came of it; names of fields, never their values."""

    __tablename__ = "exchanges"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('live', 'not_found', 'cached', 'stale', 'partial', 'failed')",
            name="outcome",
        ),
        CheckConstraint("fault IN ('ours', 'theirs')", name="fault"),
        CheckConstraint(
            "(outcome IN ('live', 'not_found')) = (fault IS NULL)"
            " AND (outcome IN ('live', 'not_found')) = (failure IS NULL)",
            name="failure_has_fault",
        ),
        CheckConstraint(
            "(outcome IN ('live', 'cached', 'stale')) = (record_version IS NOT NULL)",
            name="live_has_version",
        ),
        CheckConstraint(
            "(outcome IN ('cached', 'stale')) = (kept_from IS NOT NULL)", name="kept_has_origin"
        ),
        CheckConstraint("latency_ms >= 0", name="latency"),
        Index("ix_exchanges_case_id", "case_id"),
        Index("ix_exchanges_source_at", "source", "at"),
        Index("ix_exchanges_person_id_id", "person_id", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    case_id: Mapped[str]
    """What the data were needed for; the id of a verification or a certificate."""
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    """Whose data, when we know the person already."""
    source: Mapped[str]
    contract: Mapped[str]
    """Name and version, such as `population-person/1.0.0`."""
    purpose: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    outcome: Mapped[str]
    """A value of `app.exchange.attempt.Outcome`."""
    failure: Mapped[str | None]
    """A value of `app.exchange.errors.Failure`."""
    fault: Mapped[str | None]
    latency_ms: Mapped[int]
    record_version: Mapped[str | None]
    kept_from: Mapped[str | None] = mapped_column(ForeignKey("exchanges.id"))
    """The exchange whose answer served in place of this one's."""
    capability_id: Mapped[str | None] = mapped_column(ForeignKey("capabilities.id"), unique=True)
    """What it was allowed by; none where it was not, or before there were any."""
    request_hash: Mapped[bytes | None]
    """Keyed hash of the request's bytes, to settle a dispute; nothing can be guessed from it."""
    answer_hash: Mapped[bytes | None]
    """Keyed hash of the answer's bytes."""


class Capability(Base):
    """Leave to ask one question once, for one case."""

    __tablename__ = "capabilities"
    __table_args__ = (
        CheckConstraint("cardinality(fields) >= 1", name="has_fields"),
        CheckConstraint("expires_at > granted_at", name="expires_after"),
        CheckConstraint("spent_at <= expires_at", name="spent_in_time"),
        Index("ix_capabilities_case_id", "case_id"),
        Index(
            "ix_capabilities_unspent",
            "expires_at",
            postgresql_where=text("spent_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str]
    """What the data are needed for; the id of a verification or a certificate."""
    source: Mapped[str]
    contract: Mapped[str]
    """Name and version."""
    subject: Mapped[bytes]
    """Keyed hash of the person's number and name."""
    fields: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    purpose: Mapped[str]
    """Why, with the law or consent it stands on: a purpose of the contract, with `:detail`."""
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]


class KeptAnswer(Base):
    """An answer that may serve while its source fails; deleted when it is too old."""

    __tablename__ = "kept_answers"
    __table_args__ = (
        CheckConstraint("expires_at >= as_of", name="expires_after"),
        Index("ix_kept_answers_source_subject", "source", "subject"),
        Index("ix_kept_answers_expires_at", "expires_at"),
    )
    SEALED: ClassVar[tuple[str, ...]] = ("answer",)

    id: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash of the question: source, person, fields."""
    source: Mapped[str]
    subject: Mapped[bytes]
    """Keyed hash of the citizen number."""
    exchange_id: Mapped[str] = mapped_column(ForeignKey("exchanges.id"))
    """What it came by."""
    record_version: Mapped[str]
    as_of: Mapped[datetime]
    expires_at: Mapped[datetime]
    answer: Mapped[bytes]
    """As it was received, sealed for (table, column, id)."""


class DropWatermark(Base):
    """The newest drop of a department that was ever used."""

    __tablename__ = "drop_watermarks"
    __table_args__ = (
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint("length(digest) = 32", name="digest"),
    )

    department: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes]
    """SHA-256 of its manifest."""
    at: Mapped[datetime]


class ChangeCursor(Base):
    """How far a department's feed of changes was read."""

    __tablename__ = "change_cursors"
    __table_args__ = (CheckConstraint("last >= 0", name="last"),)

    department: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
    """Number of the last change that was taken."""
    read_at: Mapped[datetime | None]
