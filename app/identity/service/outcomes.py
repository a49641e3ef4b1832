"""How verifications end, counted over all persons: for operators, who see nobody in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.core.clock import Clock
from app.core.database import Database
from app.identity.models.verification import VerificationSession

OUTCOMES_SCOPE: Final = "verifications.read"
FEWEST: Final = 5
"""A smaller count is not told: beside what else an operator knows it might point at a person."""
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_LOOK_BACK: Final = {"hour": timedelta(hours=47), "day": timedelta(days=29)}
"""Whole hours or days before the current one."""
Each = Literal["hour", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCount:
    """How many verifications ended in one way within an hour or a day."""

    begin: datetime
    status: str
    """PASSED, FAILED or EXPIRED."""
    retry_code: str | None
    """Of a failed one: what the person was told."""
    count: int | None
    """None: at least one, fewer than `FEWEST`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Counts of a time, by time, status and code. What did not happen is not in it."""

    since: datetime
    until: datetime
    counts: Sequence[OutcomeCount]


class VerificationOutcomes:
    """Counts ended sessions."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def each(self, step: Each) -> Outcomes:
        """The last 48 hours by the hour, or the last 30 days by the day of Asia/Shanghai.

        Raises:
            DomainError: UNAVAILABLE.
        """
        row, now = VerificationSession, self._clock.now()
        since = _begin(now, step) - _LOOK_BACK[step]
        begin = func.date_trunc(step, row.ended_at, _SHANGHAI.key).label("begin")
        query = (
            select(begin, row.state, row.retry_code, func.count())
            .where(row.ended_at >= since)
            .group_by(begin, row.state, row.retry_code)
            .order_by(begin, row.state, row.retry_code)
        )
        with self._database.transaction() as tx:
            found = tx.execute(query).all()
        counts = [
            OutcomeCount(
                begin=at, status=state, retry_code=code, count=None if count < FEWEST else count
            )
            for at, state, code, count in found
        ]
        return Outcomes(since=since, until=now, counts=counts)


def _begin(now: datetime, step: Each) -> datetime:
    hour = now.astimezone(_SHANGHAI).replace(minute=0, second=0, microsecond=0)
    return hour if step == "hour" else hour.replace(hour=0)
