"""Writes and reads the access log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from app.audit.models import AccessEvent
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: the person (`self`), a terminal, the system, or staff."""

    kind: str
    id: str
    name: str


SYSTEM: Final = Actor(kind="system", id="zero-run", name="一次都不跑 Zero-Run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some events, newest first, and the cursor of the next page."""

    events: Sequence[AccessEvent]
    next: str | None


class AccessLog:
    """The append-only record of every look at a person's data."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def record(
        self,
        *,
        person_id: str,
        actor: Actor,
        action: str,
        purpose: str,
        fields: Sequence[str] = (),
        request_id: str = "",
    ) -> None:
        """Add an event in the transaction under way, so that no look goes unrecorded."""
        now: datetime = self._clock.now()
        with self._database.transaction() as tx:
            tx.add(
                AccessEvent(
                    id=new_id("acc", now),
                    person_id=person_id,
                    at=now,
                    actor_kind=actor.kind,
                    actor_id=actor.id,
                    actor=actor.name,
                    action=action,
                    purpose=purpose,
                    fields=sorted(fields),
                    request_id=request_id,
                )
            )

    def of_person(self, person_id: str, *, before: str | None, limit: int) -> Page:
        """The events of a person, newest first.

        Args:
            person_id: whose.
            before: cursor: the last id of the page before.
            limit: events a page, 1 to 100.
        """
        query = select(AccessEvent).where(AccessEvent.person_id == person_id)
        if before is not None:
            query = query.where(AccessEvent.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(AccessEvent.id.desc()).limit(limit + 1)).all()
        return Page(events=found[:limit], next=found[limit - 1].id if len(found) > limit else None)
