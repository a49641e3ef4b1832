"""Merchants and their terminals, and the system's own operators."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class TerminalState(StrEnum):
    """Whether a terminal may do anything at all."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class ClientState(StrEnum):
    """Whether an operator may do anything at all."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class MerchantState(StrEnum):
    """Whether any terminal of a merchant may do anything at all."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class MerchantKind(StrEnum):
    """What a merchant is; family mandates name the kinds they are good for."""

    PHARMACY = "pharmacy"
    HOSPITAL = "hospital"
    CLINIC = "clinic"
    OFFICE = "office"
    """A service hall or another authority's counter."""


class Merchant(Base):
    """A partner, such as a pharmacy. Its name is what holders read in their access log."""

    __tablename__ = "merchants"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("kind IN ('pharmacy', 'hospital', 'clinic', 'office')", name="kind"),
        CheckConstraint("region ~ '^[0-9]{6}$'", name="region"),
        CheckConstraint("state IN ('ACTIVE', 'SUSPENDED')", name="state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    # The version before knows nothing of the four below: the database fills them in for it.
    kind: Mapped[str] = mapped_column(server_default=text("'pharmacy'"))
    region: Mapped[str | None]
    """Administrative division, six digits (GB/T 2260); None of merchants from before."""
    state: Mapped[str] = mapped_column(server_default=text("'ACTIVE'"))
    state_changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_at: Mapped[datetime]


class Terminal(Base):
    """One till. Its id is its OAuth `client_id`."""

    __tablename__ = "terminals"
    __table_args__ = (
        CheckConstraint(
            "jsonb_array_length(jwks) BETWEEN (CASE WHEN jwks_uri IS NULL THEN 1 ELSE 0 END) AND 5",
            name="has_keys",
        ),
        CheckConstraint(
            "jwks_uri IS NOT NULL OR (jwks_fetched_at IS NULL AND jwks_tried_at IS NULL "
            "AND jwks_failure IS NULL)",
            name="fetches",
        ),
        CheckConstraint("length(jwks_uri) BETWEEN 1 AND 500", name="jwks_uri"),
        CheckConstraint("cardinality(purposes) >= 1", name="has_purposes"),
        CheckConstraint("cardinality(scopes) >= 1", name="has_scopes"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"), index=True)
    state: Mapped[TerminalState] = mapped_column(
        Enum(TerminalState, native_enum=False, length=16, create_constraint=True, name="state")
    )
    jwks: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    """Public keys only, each with a `kid`; where `jwks_uri` names an address, the last good set
    that was fetched from it."""
    jwks_uri: Mapped[str | None]
    """Where the merchant publishes the keys (RFC 7517); None: they were registered here."""
    jwks_fetched_at: Mapped[datetime | None]
    """When `jwks` was there; None: never yet."""
    jwks_tried_at: Mapped[datetime | None]
    """When somebody asked last."""
    jwks_failure: Mapped[str | None]
    """Why the last attempt brought nothing; a stable name."""
    purposes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """National purposes it may ask for."""
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """OAuth scopes it may be given."""
    created_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]


class Operator(Base):
    """Who keeps the system running, with a key of their own. Its id is its OAuth `client_id`."""

    __tablename__ = "operators"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("jsonb_array_length(jwks) BETWEEN 1 AND 5", name="has_keys"),
        CheckConstraint("cardinality(scopes) >= 1", name="has_scopes"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    """Of the person or the office, for the records."""
    state: Mapped[ClientState] = mapped_column(
        Enum(ClientState, native_enum=False, length=16, create_constraint=True, name="state")
    )
    jwks: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    """Public keys only, each with a `kid`."""
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """OAuth scopes it may be given: each names what it may do."""
    created_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]


class PartnerChange(Base):
    """What was done to a partner, and by whom. Rows are only ever added: a trigger sees to it."""

    __tablename__ = "partner_changes"
    __table_args__ = (
        CheckConstraint("actor <> '' AND action <> ''", name="told"),
        Index("ix_partner_changes_merchant_id_id", "merchant_id", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"))
    terminal_id: Mapped[str | None] = mapped_column(ForeignKey("terminals.id"))
    """None: it concerned the merchant as a whole."""
    at: Mapped[datetime]
    actor: Mapped[str]
    """Id of the operator, or `commands`."""
    action: Mapped[str]
    """A constant of `app.partners.service.changes`."""
    detail: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """Such as the names of keys or purposes."""
