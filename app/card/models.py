"""Cards, the devices they are on, their codes, and what terminals got for them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Enum, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.card.states import (
    OPEN_CARD,
    CardState,
    GrantState,
    TokenState,
)
from app.core.database import Base

SCHEME: Final = "social_security"
ONLINE: Final = "online"
OFFLINE: Final = "offline"
PAPER: Final = "paper"


def _states(kind: type[CardState | TokenState | GrantState]) -> Enum:
    return Enum(kind, native_enum=False, length=16, create_constraint=True, name="state")


class Card(Base):
    """A person's card of one scheme."""

    __tablename__ = "cards"
    __table_args__ = (
        CheckConstraint("scheme IN ('social_security')", name="scheme"),
        CheckConstraint("replaces <> id", name="replaces_another"),
        CheckConstraint(
            "(state = 'CANCELLED') = (cancel_reason IS NOT NULL)"
            " AND cancel_reason IN ('DEATH', 'MOVED', 'ISSUED_IN_ERROR')",
            name="cancelled_for_a_reason",
        ),
        Index(
            "uq_cards_one_open",
            "person_id",
            "scheme",
            unique=True,
            postgresql_where=text(
                "state IN ({})".format(", ".join(f"'{state}'" for state in OPEN_CARD))
            ),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    scheme: Mapped[str]
    state: Mapped[CardState] = mapped_column(_states(CardState))
    replaces: Mapped[str | None] = mapped_column(ForeignKey("cards.id"), unique=True)
    """The lost card this one was issued for; each is replaced at most once."""
    created_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]
    cancel_reason: Mapped[str | None]
    """Why it was cancelled: DEATH, MOVED or ISSUED_IN_ERROR."""


class CardToken(Base):
    """A card on one device (签发号): bound to the device's key."""

    __tablename__ = "card_tokens"
    __table_args__ = (
        CheckConstraint("thumbprint <> ''", name="bound"),
        CheckConstraint("level IN ('L1', 'L2', 'L3')", name="level"),
        CheckConstraint("(mandate_id IS NULL) = (agent_id IS NULL)", name="agent_of_mandate"),
        Index(
            "uq_card_tokens_one_live",
            "card_id",
            "thumbprint",
            unique=True,
            postgresql_where=text("state <> 'REVOKED' AND mandate_id IS NULL"),
        ),
        Index(
            "uq_card_tokens_one_of_mandate",
            "mandate_id",
            "thumbprint",
            unique=True,
            postgresql_where=text("state <> 'REVOKED' AND mandate_id IS NOT NULL"),
        ),
        Index(
            "ix_card_tokens_mandate_id",
            "mandate_id",
            postgresql_where=text("mandate_id IS NOT NULL"),
        ),
        Index(
            "uq_card_tokens_one_sheet",
            "card_id",
            unique=True,
            postgresql_where=text("state <> 'REVOKED' AND thumbprint LIKE 'paper:%'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    card_id: Mapped[str] = mapped_column(ForeignKey("cards.id"))
    thumbprint: Mapped[str]
    """RFC 7638 thumbprint of the device's key; `paper:` and the row's id of a printed sheet."""
    mandate_id: Mapped[str | None] = mapped_column(ForeignKey("family_agreements.id"))
    """The mandate by which somebody else shows the card's codes on this device."""
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    """Who that is."""
    state: Mapped[TokenState] = mapped_column(_states(TokenState))
    level: Mapped[str]
    """Assurance level of the last face verification."""
    verified_at: Mapped[datetime]
    """When the holder's face was last verified on this device."""
    created_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]


class CodeGrant(Base):
    """One code, of which only a hash is kept. An offline one is here once it was accepted."""

    __tablename__ = "code_grants"
    __table_args__ = (
        CheckConstraint("octet_length(code_hash) = 32", name="code_hash"),
        CheckConstraint("mode IN ('online', 'offline', 'paper')", name="mode"),
        CheckConstraint("amount_cap > 0", name="amount_cap"),
        CheckConstraint("mode <> 'paper' OR amount_cap IS NOT NULL", name="paper_is_capped"),
        CheckConstraint("expires_at > issued_at", name="lives"),
        CheckConstraint("(state = 'ISSUED') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'CONSUMED') = (terminal_id IS NOT NULL)", name="consumer"),
        CheckConstraint("state <> 'CONSUMED' OR ended_at < expires_at", name="consumed_in_time"),
        Index(
            "uq_code_grants_one_live",
            "token_id",
            "mode",
            "purpose",
            unique=True,
            postgresql_where=text("state = 'ISSUED' AND mode <> 'paper'"),
        ),
        Index("ix_code_grants_ended_at", "ended_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    token_id: Mapped[str] = mapped_column(ForeignKey("card_tokens.id"))
    mode: Mapped[str]
    purpose: Mapped[str]
    state: Mapped[GrantState] = mapped_column(_states(GrantState))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """HMAC-SHA-256 of an online code under the ring `card-code`; SHA-256 of an offline one."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    terminal_id: Mapped[str | None] = mapped_column(ForeignKey("terminals.id"))
    """Who consumed it."""
    amount_cap: Mapped[int | None] = mapped_column(BigInteger)
    """Fen that may be paid with it at most; of a paper code always."""


class Presentation(Base):
    """What a terminal got for a code."""

    __tablename__ = "presentations"

    id: Mapped[str] = mapped_column(primary_key=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("code_grants.id"), unique=True)
    """Unique: however the use case errs, a code is presented at most once."""
    card_id: Mapped[str] = mapped_column(ForeignKey("cards.id"), index=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminals.id"))
    purpose: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """Which of the holder's data were disclosed; names, never values."""
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """When the presence token ends, whose `jti` is this row's id."""
