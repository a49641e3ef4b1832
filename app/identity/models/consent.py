"""Consents to face verification: separate, for one purpose, to a text of a known version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Consent(Base):
    """One consent, recorded before the first picture is taken."""

    __tablename__ = "consents"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_hash: Mapped[bytes]
    """Keyed hash of the citizen number that was typed."""
    thumbprint: Mapped[str]
    purpose: Mapped[str]
    text_version: Mapped[str]
    accepted_at: Mapped[datetime]
