"""Columns of rows that processes take turns at."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

WAITING: Final = "waiting"
WORKING: Final = "working"


class TurnRow:
    """Something to be done about a certificate, by whoever comes first, until it is done."""

    id: Mapped[str] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    """Of the certificate."""
    state: Mapped[str]
    """WAITING, WORKING, or one of the table's own ends."""
    due_at: Mapped[datetime]
    """Not before."""
    attempts: Mapped[int]
    claim: Mapped[str | None]
    """Whose turn it is: drawn anew at each attempt."""
    claimed_until: Mapped[datetime | None]
    """After that, whoever claimed it is taken for dead."""
    failure: Mapped[str | None]
    """Why the last attempt brought nothing: a code, never a word of another system."""
