"""Outages: times for which nobody gets a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app.core.access.principals import Operator
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.hospital.conduct.errors import OUTAGE_INVALID
from app.hospital.conduct.models import BookingOutage
from app.hospital.conduct.service.forgiving import forgive
from app.hospital.errors import HOSPITAL_UNKNOWN
from app.hospital.models.places import Hospital

_LONGEST: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """An outage to be."""

    hospital_id: str | None
    """None: the whole city's."""
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutagesPage:
    """Some outages, newest first, and the cursor of the next page."""

    items: Sequence[BookingOutage]
    next: str | None


class Outages:
    """Writes outages down."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def record(self, by: Operator, outage: Outage) -> BookingOutage:
        """Write an outage down, and forgive what was counted during it.

        Raises:
            DomainError: OUTAGE_INVALID or HOSPITAL_UNKNOWN.
        """
        now = self._clock.now()
        if not outage.starts_at < outage.ends_at <= min(now, outage.starts_at + _LONGEST):
            raise OUTAGE_INVALID(pointer="/ends_at")
        with self._database.transaction() as tx:
            if outage.hospital_id is not None and tx.get(Hospital, outage.hospital_id) is None:
                raise HOSPITAL_UNKNOWN(pointer="/hospital_id")
            row = BookingOutage(
                id=new_id("out", now),
                hospital_id=outage.hospital_id,
                starts_at=outage.starts_at,
                ends_at=outage.ends_at,
                reason=outage.reason,
                recorded_by=by.operator_id,
                recorded_at=now,
            )
            tx.add(row)
            tx.flush()
            forgive(tx, now, since=outage.starts_at)
        return row

    def page(self, *, before: str | None, limit: int) -> OutagesPage:
        """Outages, the newest first.

        Args:
            before: cursor: the last id of the page before.
            limit: outages a page.
        """
        query = select(BookingOutage).order_by(BookingOutage.id.desc())
        if before is not None:
            query = query.where(BookingOutage.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.limit(limit + 1)).all()
        return OutagesPage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )
