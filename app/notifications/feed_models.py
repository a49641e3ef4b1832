"""What partners are told: a feed for each, numbered without a gap."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class PartnerFeed(Base):
    """How far a partner's feed has come. Triggers let it go on by one, and only with an event.

    Whoever adds an event holds this row until the commit: numbers are given in the order of the
    commits, and those of a rolled back transaction are given again.
    """

    __tablename__ = "partner_feeds"
    __table_args__ = (CheckConstraint("last >= 1", name="last"),)

    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
    """The number given last."""
    at: Mapped[datetime]
    """When; never goes back, so that what is old is the beginning of the feed."""


class PartnerEvent(Base):
    """Something a partner was told.

    Triggers refuse another number, every change, and that a feed loses more than its beginning.
    """

    __tablename__ = "partner_events"
    __table_args__ = (
        CheckConstraint("type ~ '^[a-z_]+([.][a-z_]+)+$'", name="type"),
        CheckConstraint("about <> ''", name="about"),
        CheckConstraint("jsonb_typeof(data) = 'object'", name="data_object"),
        CheckConstraint("octet_length(data::text) <= 6144", name="data_bounded"),
        Index("ix_partner_events_at", "at"),
    )

    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """From 1."""
    id: Mapped[str] = mapped_column(unique=True)
    """What the partner gets as `webhook-id`, at each webhook and each attempt."""
    type: Mapped[str]
    """Such as `certificate.revoked`."""
    about: Mapped[str]
    """Id of what it happened to; calls about it keep their order."""
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Opaque ids, states and times; never anything personal."""
    at: Mapped[datetime]
