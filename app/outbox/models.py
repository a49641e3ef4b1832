"""Messages that wait to be handled, and those that were."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

PENDING: Final = "delivered_at IS NULL AND dead_at IS NULL"


class OutboxMessage(Base):
    """One message. It is written in the transaction of the change it tells of."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        CheckConstraint("topic <> '' AND key <> ''", name="addressed"),
        CheckConstraint("jsonb_typeof(payload) = 'object'", name="payload_object"),
        CheckConstraint("octet_length(payload::text) <= 8192", name="payload_bounded"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("delivered_at IS NULL OR dead_at IS NULL", name="one_end"),
        CheckConstraint("dead_at IS NULL OR failure IS NOT NULL", name="dead_has_failure"),
        Index("ix_outbox_messages_due_pending", "due_at", "number", postgresql_where=text(PENDING)),
        Index("ix_outbox_messages_key_pending", "key", "number", postgresql_where=text(PENDING)),
        Index("ix_outbox_messages_delivered_at", "delivered_at"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    """Order of posting."""
    id: Mapped[str] = mapped_column(unique=True)
    """The name by which receivers tell a repetition."""
    topic: Mapped[str]
    """What it is about; a handler is registered for each."""
    key: Mapped[str]
    """Messages of one key are handled one after the other, in the order of posting."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Opaque ids, states and times; never anything personal."""
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    """How often it was tried and failed."""
    failure: Mapped[str | None]
    """Stable name of what went wrong last."""
    delivered_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    """When it was given up; an operator may have it tried again."""
