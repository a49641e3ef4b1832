"""What operators see: differences by age, and how far the continuous comparison has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.clock import Clock
from app.core.database import Database
from app.settlement.reconciliation.errors import DIFFERENCE_UNKNOWN
from app.settlement.reconciliation.models import Difference, ReconciliationCursor
from app.settlement.reconciliation.states import OPEN, Compared, DifferenceClass, DifferenceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which differences."""

    open: bool = True
    """Those that are not closed; else those that are."""
    compared: Compared | None = None
    kind: DifferenceClass | None = None
    merchant_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencePage:
    """Some differences, the oldest first, and the cursor of the next page."""

    items: Sequence[Difference]
    next: str | None
    now: datetime
    """What ages are counted from."""


class DifferenceOverview:
    """Reads differences."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def page(self, wanted: Wanted, *, after: str | None, limit: int) -> DifferencePage:
        """Differences by age: ids are ordered by time.

        Args:
            wanted: which.
            after: cursor: the last id of the page before.
            limit: differences a page.
        """
        states = OPEN if wanted.open else (DifferenceState.BOOKED, DifferenceState.EQUAL)
        query = select(Difference).where(Difference.state.in_(states))
        for name in ("compared", "kind", "merchant_id"):
            value = getattr(wanted, name)
            if value is not None:
                query = query.where(getattr(Difference, name) == value)
        if after is not None:
            query = query.where(Difference.id > after)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(Difference.id).limit(limit + 1)).all()
        more = found[limit - 1].id if len(found) > limit else None
        return DifferencePage(items=found[:limit], next=more, now=self._clock.now())

    def one(self, difference_id: str) -> DifferencePage:
        """One of them, as a page.

        Raises:
            DomainError: DIFFERENCE_UNKNOWN.
        """
        with self._database.transaction() as tx:
            found = tx.get(Difference, difference_id)
        if found is None:
            raise DIFFERENCE_UNKNOWN()
        return DifferencePage(items=[found], next=None, now=self._clock.now())

    def cursors(self) -> Sequence[ReconciliationCursor]:
        """How far each continuous comparison has come."""
        with self._database.transaction() as tx:
            return tx.scalars(
                select(ReconciliationCursor).order_by(ReconciliationCursor.compared)
            ).all()
