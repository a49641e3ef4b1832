"""Releases, the line before each, and the tickets of those who stand in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.hospital.rush.states import ReleaseMode


class Release(Base):
    """Sessions that open together (放号), to people with a ticket. What was published stays."""

    __tablename__ = "releases"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("tickets_from < tickets_until", name="takes_tickets"),
        CheckConstraint("tickets_from <= opens_at AND opens_at < closes_at", name="opens"),
        CheckConstraint("tickets_until <= closes_at", name="tickets_before_end"),
        CheckConstraint("mode <> 'LOTTERY' OR tickets_until <= opens_at", name="entries_before"),
        CheckConstraint("admits_per_minute BETWEEN 1 AND 60000", name="admits_per_minute"),
        CheckConstraint("admission_seconds BETWEEN 30 AND 86400", name="admission_seconds"),
        CheckConstraint("most_tickets BETWEEN 1 AND 200000", name="most_tickets"),
        CheckConstraint(
            "(mode = 'LOTTERY') = (seed IS NOT NULL) AND (mode = 'LOTTERY') = "
            "(commitment IS NOT NULL) AND (mode = 'LOTTERY') = (public_source IS NOT NULL)",
            name="lottery_committed",
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (entries IS NULL) AND "
            "(closed_at IS NULL) = (entries_digest IS NULL)",
            name="closed_counted",
        ),
        CheckConstraint(
            "mode = 'LOTTERY' OR (closed_at IS NULL AND drawn_at IS NULL)", name="only_lotteries"
        ),
        CheckConstraint("closed_at >= tickets_until", name="closed_in_time"),
        CheckConstraint(
            "drawn_at IS NULL OR (closed_at IS NOT NULL AND drawn_at >= closed_at)",
            name="drawn_after_closing",
        ),
        CheckConstraint(
            "(drawn_at IS NULL) = (public_value IS NULL) AND "
            "(drawn_at IS NULL) = (revealed IS NULL)",
            name="drawn_in_public",
        ),
        CheckConstraint("revealed IS NULL OR sha256(revealed) = commitment", name="seed_kept"),
        CheckConstraint("used_in_all >= 0", name="used_in_all"),
        CheckConstraint(
            "forgotten_at IS NULL OR (used_in_all IS NOT NULL AND forgotten_at > closes_at)",
            name="forgotten",
        ),
        Index("ix_releases_hospital_id_id", "hospital_id", "id"),
        Index(
            "ix_releases_to_close",
            "tickets_until",
            postgresql_where=text(
                "mode = 'LOTTERY' AND closed_at IS NULL AND withdrawn_at IS NULL"
            ),
        ),
        Index("ix_releases_to_forget", "closes_at", postgresql_where=text("forgotten_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospitals.id"))
    name: Mapped[str]
    mode: Mapped[ReleaseMode] = mapped_column(
        Enum(ReleaseMode, native_enum=False, length=8, create_constraint=True, name="mode")
    )
    tickets_from: Mapped[datetime]
    tickets_until: Mapped[datetime]
    """Of a lottery: the end of its entries."""
    opens_at: Mapped[datetime]
    """When the first is admitted; of a lottery not before it is drawn."""
    closes_at: Mapped[datetime]
    """From then on the sessions are open to everybody."""
    admits_per_minute: Mapped[int]
    admission_seconds: Mapped[int]
    """How long an admission lasts."""
    most_tickets: Mapped[int]
    seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a lottery: 32 random bytes, sealed."""
    commitment: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SHA-256 of the seed, public from the first moment."""
    public_source: Mapped[str | None]
    """Which public number will be drawn with, named beforehand."""
    closed_at: Mapped[datetime | None]
    """When the entries were counted and their digest published."""
    entries: Mapped[int | None]
    entries_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    public_value: Mapped[str | None]
    revealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The seed in clear, once it was drawn with."""
    drawn_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    used_in_all: Mapped[int | None]
    """How many tickets were used, counted before the first was forgotten."""
    forgotten_at: Mapped[datetime | None]
    """When the last of its tickets was deleted."""
    created_at: Mapped[datetime]


class QueueTail(Base):
    """The end of a release's line: the one row that those who join it update in turn.

    Apart from `releases`, so that nobody who only reads a release meets that row's versions.
    """

    __tablename__ = "queue_tails"
    __table_args__ = (CheckConstraint("tickets >= 0", name="tickets"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    tickets: Mapped[int]
    """How many were given out: the last one's rank."""
    admits_next: Mapped[datetime]
    """When the next one in line is admitted, at the earliest."""


class ReleaseSession(Base):
    """A session that is booked with a ticket of one release."""

    __tablename__ = "release_sessions"

    session_id: Mapped[str] = mapped_column(ForeignKey("clinic_sessions.id"), primary_key=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), index=True)


class QueueTicket(Base):
    """A person's place in a release's line. Rank and admission are never changed once told."""

    __tablename__ = "queue_tickets"
    __table_args__ = (
        UniqueConstraint("release_id", "person_id"),
        UniqueConstraint("release_id", "rank"),
        CheckConstraint("rank >= 1", name="rank"),
        CheckConstraint(
            "(rank IS NULL) = (admits_at IS NULL) AND (rank IS NULL) = (admits_until IS NULL)",
            name="ranked_is_admitted",
        ),
        CheckConstraint("admits_until > admits_at", name="lasts"),
        CheckConstraint("(used_at IS NULL) = (session_id IS NULL)", name="used_for"),
        CheckConstraint(
            "used_at IS NULL OR (rank IS NOT NULL AND used_at >= admits_at "
            "AND used_at < admits_until)",
            name="used_in_turn",
        ),
        Index("ix_queue_tickets_release_id_admits_at", "release_id", "admits_at", "rank"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    """Verified: not an account, not a device."""
    rank: Mapped[int | None]
    """From 1; of a lottery once it is drawn."""
    admits_at: Mapped[datetime | None]
    admits_until: Mapped[datetime | None]
    taken_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    session_id: Mapped[str | None] = mapped_column(ForeignKey("clinic_sessions.id"))
    """What it was used for."""
