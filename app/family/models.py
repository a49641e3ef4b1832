"""Agreements between two people of a family, and what was used of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.family.states import OPEN, AgreementState


class FamilyAgreement(Base):
    """A mandate or mutual aid: the grantor gives, the other gets.

    What is used of it stands in the same row: one conditional update judges and consumes, and a
    revocation waits for it or comes before it, never in between.
    """

    __tablename__ = "family_agreements"
    __table_args__ = (
        CheckConstraint("kind IN ('mandate', 'mutual_aid')", name="kind"),
        CheckConstraint("basis IN ('consent', 'birth_record')", name="basis"),
        CheckConstraint("octet_length(other_hash) = 32", name="other_hash"),
        CheckConstraint("other_id IS NULL OR other_id <> grantor_id", name="two_people"),
        CheckConstraint("state <> 'ACTIVE' OR other_id IS NOT NULL", name="active_has_other"),
        CheckConstraint("yearly_limit BETWEEN 1 AND 10000000", name="yearly_limit"),
        CheckConstraint("purchase_limit BETWEEN 1 AND yearly_limit", name="purchase_limit"),
        CheckConstraint("spent BETWEEN 0 AND yearly_limit", name="spent_within"),
        CheckConstraint(
            "expires_at > created_at AND expires_at <= created_at + interval '366 days'",
            name="at_most_a_year",
        ),
        CheckConstraint(
            "CASE kind WHEN 'mandate' THEN purchase_limit IS NOT NULL"
            " AND cardinality(purposes) > 0 AND cardinality(merchant_kinds) > 0"
            " ELSE purchase_limit IS NULL AND purposes = '{}' AND merchant_kinds = '{}' END",
            name="terms_of_kind",
        ),
        Index(
            "uq_family_agreements_one_open",
            "kind",
            "grantor_id",
            "other_hash",
            unique=True,
            postgresql_where=text(
                "state IN ({})".format(", ".join(f"'{state}'" for state in OPEN))
            ),
        ),
        Index("ix_family_agreements_grantor_id_id", "grantor_id", "id"),
        Index("ix_family_agreements_other_hash_id", "other_hash", "id"),
        Index(
            "ix_family_agreements_expires_at_open",
            "expires_at",
            postgresql_where=text(
                "state IN ({})".format(", ".join(f"'{state}'" for state in OPEN))
            ),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    basis: Mapped[str]
    state: Mapped[AgreementState] = mapped_column(
        Enum(AgreementState, native_enum=False, length=16, create_constraint=True, name="state")
    )
    grantor_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    """Whose card may be used, or whose account may pay."""
    other_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """Keyed hash of the other's citizen number: they need not be known when they are named."""
    other_name: Mapped[bytes] = mapped_column(LargeBinary)
    """As the grantor gave it, sealed; the other must bear it."""
    other_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    """Once they accepted."""
    purposes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """National purposes; of mandates alone."""
    merchant_kinds: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """Of mandates alone."""
    purchase_limit: Mapped[int | None] = mapped_column(BigInteger)
    """Fen; of mandates alone."""
    yearly_limit: Mapped[int] = mapped_column(BigInteger)
    """Fen a calendar year."""
    spent: Mapped[int] = mapped_column(BigInteger)
    """Fen used in `spent_year`."""
    spent_year: Mapped[int]
    """Calendar year in China."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]


class FamilyUse(Base):
    """What one purchase used of an agreement, and how much of that was given back."""

    __tablename__ = "family_uses"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("given_back BETWEEN 0 AND amount", name="given_back_within"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("family_agreements.id"), index=True)
    at: Mapped[datetime]
    year: Mapped[int]
    """Whose limit it was taken from."""
    amount: Mapped[int] = mapped_column(BigInteger)
    """Fen."""
    given_back: Mapped[int] = mapped_column(BigInteger)
    """Fen, by refunds."""
