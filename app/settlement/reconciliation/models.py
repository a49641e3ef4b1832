"""What merchants sent, how the books differ, and how far the comparison has come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.settlement.reconciliation.states import (
    Compared,
    DifferenceClass,
    DifferenceState,
    Owner,
)


def _values(kind: type[Compared | DifferenceClass | DifferenceState | Owner]) -> list[str]:
    return [one.value for one in kind]


class ReconciliationRun(Base):
    """One comparison of a merchant's day. Rows are only ever added."""

    __tablename__ = "reconciliation_runs"
    __table_args__ = (
        CheckConstraint("code IN ('000000', '000103')", name="code"),
        CheckConstraint("form IN ('json', 'tsv')", name="form"),
        CheckConstraint("octet_length(digest) = 32 AND octet_length(ours) = 32", name="digests"),
        CheckConstraint("lines IS NOT NULL OR found IS NULL", name="found_in_details"),
        CheckConstraint("lines >= 0 AND found >= 0", name="counted"),
        UniqueConstraint("merchant_id", "day", "digest", "ours"),
        Index("ix_reconciliation_runs_day", "merchant_id", "day", "number"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"))
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminals.id"))
    day: Mapped[date]
    """In Asia/Shanghai."""
    form: Mapped[str]
    digest: Mapped[bytes]
    """SHA-256 of what the merchant sent, in canonical form."""
    ours: Mapped[bytes]
    """SHA-256 of what our books had then: the same against the same is the same run."""
    code: Mapped[str]
    """000000: totals equal; 000103: they differ (national interface 3201)."""
    totals: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """By kind: both sides, and whether they are equal."""
    lines: Mapped[int | None]
    """How many the merchant sent; None: totals alone."""
    found: Mapped[int | None]
    """How many differences there were in the details."""
    at: Mapped[datetime]


class ReconciliationOutcome(Base):
    """What a comparison of details found, as it was then. Kept until `until`, for its file."""

    __tablename__ = "reconciliation_outcomes"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(lines) = 'array'", name="lines"),
        CheckConstraint("jsonb_typeof(counts) = 'object'", name="counts"),
        CheckConstraint("until > at", name="kept"),
        Index("ix_reconciliation_outcomes_merchant_id_until", "merchant_id", "until"),
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("reconciliation_runs.id"), primary_key=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"))
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    """How many differences there were, by class."""
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """The first thousand of them: class, settlement or refund, id, msgid, both sides' figures."""
    at: Mapped[datetime]
    until: Mapped[datetime]


class Difference(Base):
    """Two books that differ about one thing. It is closed only by a booking, or by being equal."""

    __tablename__ = "reconciliation_differences"
    __table_args__ = (
        CheckConstraint("key <> '' AND length(key) <= 300", name="key"),
        CheckConstraint("(compared = 'merchant') = (merchant_id IS NOT NULL)", name="merchant"),
        CheckConstraint("(compared = 'merchant') = (run_id IS NOT NULL)", name="run"),
        CheckConstraint("amounts <> '{}'::jsonb", name="amounts"),
        CheckConstraint("seen >= 1 AND last_seen_at >= since", name="seen"),
        CheckConstraint(
            "(proposed_by IS NULL) = (proposed_at IS NULL) AND "
            "(proposed_by IS NULL) = (reason IS NULL)",
            name="proposal",
        ),
        CheckConstraint("state <> 'PROPOSED' OR proposed_by IS NOT NULL", name="proposed"),
        CheckConstraint("state <> 'OPEN' OR proposed_by IS NULL", name="open"),
        CheckConstraint(
            "(state = 'BOOKED') = (txn_id IS NOT NULL) AND "
            "(state = 'BOOKED') = (approved_by IS NOT NULL)",
            name="booked",
        ),
        CheckConstraint(
            "state <> 'BOOKED' OR (proposed_by IS NOT NULL AND proposed_by <> approved_by)",
            name="two_operators",
        ),
        CheckConstraint("(state IN ('BOOKED', 'EQUAL')) = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("other_day IS NULL OR state = 'EQUAL'", name="other_day"),
        Index(
            "uq_reconciliation_differences_open",
            "compared",
            "key",
            unique=True,
            postgresql_where=text("state IN ('OPEN', 'PROPOSED')"),
        ),
        Index("ix_reconciliation_differences_day", "merchant_id", "day", "id"),
        Index("ix_reconciliation_differences_key", "compared", "key"),
        Index(
            "ix_reconciliation_differences_open",
            "id",
            postgresql_where=text("state IN ('OPEN', 'PROPOSED')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    compared: Mapped[Compared] = mapped_column(
        Enum(
            Compared,
            native_enum=False,
            length=16,
            create_constraint=True,
            name="compared",
            values_callable=_values,
        )
    )
    kind: Mapped[DifferenceClass] = mapped_column(
        Enum(
            DifferenceClass,
            native_enum=False,
            length=16,
            create_constraint=True,
            name="kind",
            values_callable=_values,
        )
    )
    key: Mapped[str]
    """Names the thing: two comparisons that find the same difference find this row."""
    about: Mapped[str]
    """Id of the settlement, refund, order, transaction or account; as the merchant gave it where
    only the merchant has it."""
    merchant_id: Mapped[str | None] = mapped_column(ForeignKey("merchants.id"))
    day: Mapped[date]
    """Of the run, or the day on which it was found; in Asia/Shanghai."""
    run_id: Mapped[str | None] = mapped_column(ForeignKey("reconciliation_runs.id"))
    """That found it last."""
    theirs: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Figures of the other book, fen; None: it has none."""
    ours: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    amounts: Mapped[dict[str, int]] = mapped_column(JSONB)
    """By component, fen: theirs less ours. What a booking moves."""
    owner: Mapped[Owner] = mapped_column(
        Enum(
            Owner,
            native_enum=False,
            length=16,
            create_constraint=True,
            name="owner",
            values_callable=_values,
        )
    )
    """Who has to look into it first."""
    taken_by: Mapped[str | None] = mapped_column(ForeignKey("operators.id"))
    """The operator who does."""
    state: Mapped[DifferenceState] = mapped_column(
        Enum(
            DifferenceState,
            native_enum=False,
            length=16,
            create_constraint=True,
            name="state",
            values_callable=_values,
        )
    )
    since: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    seen: Mapped[int] = mapped_column(BigInteger)
    """How often, while it was open."""
    proposed_by: Mapped[str | None] = mapped_column(ForeignKey("operators.id"))
    proposed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Of the booking: one of a list."""
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("operators.id"))
    txn_id: Mapped[str | None] = mapped_column(ForeignKey("ledger_txns.id"), unique=True)
    """The booking against suspense."""
    closed_at: Mapped[datetime | None]
    other_day: Mapped[date | None]
    """Where a merchant had it on another day than we: the day of the run that showed it. Equal."""


class ReconciliationCursor(Base):
    """How far a continuous comparison has come."""

    __tablename__ = "reconciliation_cursors"
    __table_args__ = (CheckConstraint("rounds >= 0", name="rounds"),)

    compared: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[str]
    """Key of the last row that was looked at; empty: from the beginning."""
    rounds: Mapped[int] = mapped_column(BigInteger)
    """How often it came to the end."""
    moved_at: Mapped[datetime]
