"""Verification sessions, the answers given in them, and evidence between their steps.

The constraints say what must hold whatever the code does: an ended session holds no name, number,
template or challenge; a code belongs to a passed session; a failure has a reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

WHOLE: Final = -1
"""In the place of a part's number: the upload that completes a step, and what belongs to it all."""
MOST_PARTS: Final = 16
"""Parts a step may come in before the upload that completes it."""
_STATES = "state IN ('CREATED', 'IN_PROGRESS', 'PASSED', 'FAILED', 'EXPIRED')"
_LIVE_KNOWS = (
    "ended_at IS NOT NULL OR (subject IS NOT NULL AND challenge IS NOT NULL AND chain IS NOT NULL)"
)
_ENDED_FORGETS = (
    "ended_at IS NULL OR (subject IS NULL AND template IS NULL AND challenge IS NULL "
    "AND chain IS NULL AND claim IS NULL)"
)
_PASSED_HAS_CODE = (
    "(state = 'PASSED') = (person_id IS NOT NULL AND level IS NOT NULL "
    "AND code_hash IS NOT NULL AND code_expires_at IS NOT NULL)"
)
# Not the other way round: a version without receipts may end sessions while it is replaced.
_RECEIPT_OF_END = (
    "(receipt IS NULL) = (receipt_digest IS NULL) "
    "AND (receipt IS NULL OR state IN ('PASSED', 'FAILED'))"
)


class VerificationSession(Base):
    """One attempt of one device to show one person's live face."""

    __tablename__ = "verification_sessions"
    __table_args__ = (
        CheckConstraint(_STATES, name="state"),
        CheckConstraint("step >= 0 AND step < steps", name="step_exists"),
        CheckConstraint(
            "(state IN ('CREATED', 'IN_PROGRESS')) = (ended_at IS NULL)", name="ended_has_time"
        ),
        CheckConstraint(_LIVE_KNOWS, name="live_knows"),
        CheckConstraint(_ENDED_FORGETS, name="ended_forgets"),
        CheckConstraint("(state = 'FAILED') = (retry_code IS NOT NULL)", name="failure_has_reason"),
        CheckConstraint(_PASSED_HAS_CODE, name="passed_has_code"),
        CheckConstraint("state = 'PASSED' OR code_hash IS NULL", name="code_only_when_passed"),
        CheckConstraint("code_consumed_at IS NULL OR code_hash IS NOT NULL", name="consumed_code"),
        CheckConstraint("(claim IS NULL) = (claimed_until IS NULL)", name="claim_ends"),
        CheckConstraint(f"part BETWEEN 0 AND {MOST_PARTS} AND received >= 0", name="parts_bounded"),
        CheckConstraint(_RECEIPT_OF_END, name="receipt_of_end"),
        Index(
            "ix_verification_sessions_live",
            "expires_at",
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_verification_sessions_ended_at",
            "ended_at",
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index("ix_verification_sessions_person_hash_id", "person_hash", "id"),
    )
    SEALED: ClassVar[tuple[str, ...]] = ("subject", "template", "challenge", "audit", "receipt")

    id: Mapped[str] = mapped_column(primary_key=True)
    thumbprint: Mapped[str]
    """The device's key; no other may go on with the session."""
    person_hash: Mapped[bytes]
    """Keyed hash of the citizen number that was typed, existing or not."""
    purpose: Mapped[str]
    variant: Mapped[str] = mapped_column(server_default="no_light")
    """Sort of challenge. The default is what the first version asked for."""
    consent_id: Mapped[str] = mapped_column(ForeignKey("consents.id"))
    state: Mapped[str]
    step: Mapped[int]
    """The step that is due."""
    steps: Mapped[int]
    part: Mapped[int] = mapped_column(server_default="0")
    """The part of that step that is due, should it come in parts."""
    received: Mapped[int] = mapped_column(server_default="0")
    """Frames in the parts of that step so far."""
    created_at: Mapped[datetime]
    revealed_at: Mapped[datetime]
    """When the step that is due was made known."""
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    claim: Mapped[str | None]
    """Random token of the request that judges the step now."""
    claimed_until: Mapped[datetime | None]
    """After this the claim's owner is taken for dead."""
    subject: Mapped[bytes | None]
    """Sealed JSON: citizen number and name as typed, and what the registry said."""
    template: Mapped[bytes | None]
    """Sealed reference template; none for somebody who cannot pass."""
    challenge: Mapped[bytes | None]
    """Sealed: the steps that were drawn."""
    chain: Mapped[bytes | None]
    """State of the frame chain."""
    retry_code: Mapped[str | None]
    level: Mapped[str | None]
    audit: Mapped[bytes | None]
    """Sealed figures of the judgement."""
    receipt: Mapped[bytes | None]
    """Sealed: the signed receipt of how it ended."""
    receipt_digest: Mapped[str | None]
    """base64url SHA-256 of the receipt; tokens name it."""
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    code_hash: Mapped[bytes | None] = mapped_column(unique=True)
    code_expires_at: Mapped[datetime | None]
    code_consumed_at: Mapped[datetime | None]


class VerificationStep(Base):
    """An upload that was judged: what was sent and what was answered, so a repeat gets the same."""

    __tablename__ = "verification_steps"
    __table_args__ = (Index("ix_verification_steps_kept_until", "kept_until"),)
    SEALED: ClassVar[tuple[str, ...]] = ("answer",)

    session_id: Mapped[str] = mapped_column(
        ForeignKey("verification_sessions.id"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, server_default=str(WHOLE))
    """`WHOLE` for the upload that completed the step."""
    fingerprint: Mapped[bytes]
    """SHA-256 over the manifest and the digests of the frames."""
    answer: Mapped[bytes]
    """Sealed JSON; the last one holds the code."""
    kept_until: Mapped[datetime]


class StepEvidence(Base):
    """Measurements of one step or of a part of it, sealed; deleted when the session ends."""

    __tablename__ = "verification_evidence"
    SEALED: ClassVar[tuple[str, ...]] = ("content",)

    session_id: Mapped[str] = mapped_column(
        ForeignKey("verification_sessions.id"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, server_default=str(WHOLE))
    """`WHOLE` for all of a step; its parts are gone by then."""
    content: Mapped[bytes]
