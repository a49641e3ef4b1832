"""A person's own points, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.hospital.conduct.counting import Restriction
from app.hospital.conduct.models import ConductPoint
from app.hospital.conduct.rulebook import RuleBook, Version
from app.hospital.conduct.service.forgiving import forgive
from app.hospital.conduct.service.points import restriction_in
from app.hospital.conduct.states import COUNTING


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """A point, and whether it counts now."""

    point: ConductPoint
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductView:
    """How a person stands by the city's rules."""

    restriction: Restriction | None
    rules: Version | None
    points: Sequence[PointView]
    """Newest first."""
    next: str | None
    """Cursor of the next page."""


class ConductReading:
    """What a person sees."""

    def __init__(self, *, database: Database, clock: Clock, rules: RuleBook) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._rules = rules

    def of(self, citizen: Citizen, *, before: str | None, limit: int) -> ConductView:
        """Every point with its reason, date and expiry, after what can be forgiven is.

        Args:
            citizen: who looks.
            before: cursor: the last id of the page before.
            limit: points a page.
        """
        now, rules = self._clock.now(), self._rules.in_force()
        point = ConductPoint
        query = select(point).where(point.person_id == citizen.person_id)
        if before is not None:
            query = query.where(point.id < before)
        query = query.order_by(point.id.desc()).limit(limit + 1)
        with self._database.transaction() as tx:
            forgive(tx, now, person_id=citizen.person_id)
            policy = None if rules is None else rules.city
            found = tx.scalars(query.execution_options(populate_existing=True)).all()
            restriction = (
                None if policy is None else restriction_in(tx, citizen.person_id, policy, now)
            )
        return ConductView(
            restriction=restriction,
            rules=rules,
            points=[PointView(point=one, counts=_counts(one, now)) for one in found[:limit]],
            next=found[limit - 1].id if len(found) > limit else None,
        )


def _counts(point: ConductPoint, now: datetime) -> bool:
    return point.state in COUNTING and now < point.expires_at
