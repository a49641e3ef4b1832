"""Forgetting quotes that came to nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete

from app.core.clock import Clock
from app.core.database import Database
from app.settlement.models.quote import Quote

_KEEP: Final = timedelta(days=1)


class QuoteSweep:
    """Housekeeping: quotes that were settled stay, as what their settlement was made by."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def sweep(self) -> int:
        """Forget quotes that ended a day ago without a settlement; returns how many."""
        over = delete(Quote).where(
            Quote.settlement_id.is_(None), Quote.expires_at < self._clock.now() - _KEEP
        )
        with self._database.separate() as tx:
            return len(tx.scalars(over.returning(Quote.id)).all())
