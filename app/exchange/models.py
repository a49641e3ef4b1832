"""Exchanges with departments, whatever became of them, and what is remembered of drops."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Exchange(Base):
    """What was asked of whom and what came of it; names of fields, never their values."""

    __tablename__ = "exchanges"
    __table_args__ = (
        CheckConstraint("outcome IN ('live', 'not_found', 'failed')", name="outcome"),
        CheckConstraint("fault IN ('ours', 'theirs')", name="fault"),
        CheckConstraint(
            "(outcome = 'failed') = (fault IS NOT NULL)"
            " AND (outcome = 'failed') = (failure IS NOT NULL)",
            name="failure_has_fault",
        ),
        CheckConstraint(
            "(outcome = 'live') = (record_version IS NOT NULL)", name="live_has_version"
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
    failure: Mapped[str | None]
    """A value of `app.exchange.errors.Failure`."""
    fault: Mapped[str | None]
    latency_ms: Mapped[int]
    record_version: Mapped[str | None]
    request_hash: Mapped[bytes | None]
    """Keyed hash of the request's bytes, to settle a dispute; nothing can be guessed from it."""
    answer_hash: Mapped[bytes | None]
    """Keyed hash of the answer's bytes."""


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
