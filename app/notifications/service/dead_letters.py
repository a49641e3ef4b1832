"""What webhooks were not told: kept for the partner to see, and to have sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.notifications.errors import WEBHOOK_DISABLED
from app.notifications.feed_models import PartnerEvent
from app.notifications.models import DeadLetter, EndpointState
from app.notifications.service.owning import owned
from app.notifications.service.publishing import Webhooks

MOST_AT_ONCE: Final = 500
"""Letters one replay of a time sends on their way."""
_KEEP: Final = timedelta(days=30)
_BATCH: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An event a webhook was not told."""

    event: PartnerEvent
    died_at: datetime
    reason: str
    """out_of_use: the webhook was disabled; gone: it said 410; failing: it failed for days;
    attempts_used_up: this call failed again and again, others did not."""
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersPage:
    """Some letters, newest event first, and the cursor of the next page."""

    items: Sequence[Letter]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the replay of a time did."""

    count: int
    more: bool
    """Whether letters of that time are left: ask again."""


class DeadLetters:
    """Shows and replays dead letters; each partner's its own alone."""

    def __init__(self, *, database: Database, clock: Clock, webhooks: Webhooks) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._webhooks = webhooks

    def page(
        self, merchant_id: str, endpoint_id: str, *, before: int | None, limit: int
    ) -> LettersPage:
        """The letters of a webhook that were not replayed, newest event first.

        Args:
            merchant_id: the partner.
            endpoint_id: the webhook.
            before: cursor: the number of the last event of the page before.
            limit: letters a page.

        Raises:
            DomainError: NOT_FOUND.
        """
        query = select(DeadLetter, PartnerEvent).join(
            PartnerEvent, PartnerEvent.id == DeadLetter.event_id
        )
        query = query.where(_lying(endpoint_id))
        if before is not None:
            query = query.where(DeadLetter.sequence < before)
        with self._database.transaction() as tx:
            owned(tx, merchant_id, endpoint_id)
            found = tx.execute(query.order_by(DeadLetter.sequence.desc()).limit(limit + 1)).all()
        items = [
            Letter(event=event, died_at=row.died_at, reason=row.reason, attempts=row.attempts)
            for row, event in found[:limit]
        ]
        return LettersPage(
            items=items, next=items[-1].event.sequence if len(found) > limit else None
        )

    def replay(self, merchant_id: str, endpoint_id: str, event_id: str) -> datetime:
        """Send a letter on its way again, under the same id; once, however often it is asked.

        Returns:
            When it was sent on its way.

        Raises:
            DomainError: NOT_FOUND, WEBHOOK_DISABLED.
        """
        with self._database.transaction() as tx:
            self._require_in_use(tx, merchant_id, endpoint_id)
            letter = tx.get(DeadLetter, (endpoint_id, event_id))
            if letter is None:
                raise NOT_FOUND()
            if letter.replayed_at is not None:
                return letter.replayed_at
            event = tx.scalars(select(PartnerEvent).where(PartnerEvent.id == event_id)).one()
            return self._sent(tx, endpoint_id, [event])

    def replay_time(
        self, merchant_id: str, endpoint_id: str, *, since: datetime | None, until: datetime | None
    ) -> Replayed:
        """Send the letters of a time on their way again, earliest first, `MOST_AT_ONCE` at most.

        Asked again it goes on where it stopped; a letter is sent once.

        Args:
            merchant_id: the partner.
            endpoint_id: the webhook.
            since: of events that happened then or later; None: of any.
            until: of events that happened before; None: of any.

        Raises:
            DomainError: NOT_FOUND, WEBHOOK_DISABLED.
        """
        query = (
            select(PartnerEvent)
            .join(DeadLetter, DeadLetter.event_id == PartnerEvent.id)
            .where(_lying(endpoint_id))
        )
        if since is not None:
            query = query.where(PartnerEvent.at >= since)
        if until is not None:
            query = query.where(PartnerEvent.at < until)
        with self._database.transaction() as tx:
            self._require_in_use(tx, merchant_id, endpoint_id)
            found = tx.scalars(query.order_by(DeadLetter.sequence).limit(MOST_AT_ONCE + 1)).all()
            self._sent(tx, endpoint_id, found[:MOST_AT_ONCE])
        return Replayed(count=len(found[:MOST_AT_ONCE]), more=len(found) > MOST_AT_ONCE)

    def _require_in_use(self, tx: Session, merchant_id: str, endpoint_id: str) -> None:
        # Held until the commit: two replays at once come one after the other.
        if owned(tx, merchant_id, endpoint_id, hold=True).state != EndpointState.ACTIVE:
            raise WEBHOOK_DISABLED()

    def _sent(self, tx: Session, endpoint_id: str, events: Sequence[PartnerEvent]) -> datetime:
        now = self._clock.now()
        lying = _lying(endpoint_id) & DeadLetter.event_id.in_([event.id for event in events])
        tx.execute(
            update(DeadLetter)
            .where(lying)
            .values(replayed_at=now)
            .execution_options(synchronize_session=False)
        )
        for event in events:
            self._webhooks.call(endpoint_id, event)
        return now


class DeadLetterSweep:
    """Housekeeping of the letters."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def sweep(self) -> int:
        """Forget letters of more than thirty days ago, batch by batch; returns how many."""
        row, before, done = DeadLetter, self._clock.now() - _KEEP, 0
        oldest = select(row.endpoint_id, row.event_id).where(row.died_at < before).limit(_BATCH)
        over = delete(row).where(tuple_(row.endpoint_id, row.event_id).in_(oldest))
        while True:
            with self._database.separate() as tx:
                gone = len(tx.scalars(over.returning(row.event_id)).all())
            done += gone
            if gone < _BATCH:
                return done


def bury(
    tx: Session, endpoint_id: str, event_id: str, *, reason: str, attempts: int, now: datetime
) -> None:
    """Make an event a webhook's dead letter; one that was replayed in vain lies here again.

    Nothing comes of an event that no feed has: a ping, or one of long ago.
    """
    known = select(
        literal(endpoint_id),
        PartnerEvent.id,
        PartnerEvent.sequence,
        literal(now),
        literal(reason),
        literal(attempts),
    ).where(PartnerEvent.id == event_id)
    columns = ["endpoint_id", "event_id", "sequence", "died_at", "reason", "attempts"]
    tx.execute(
        insert(DeadLetter)
        .from_select(columns, known)
        .on_conflict_do_update(
            index_elements=[DeadLetter.endpoint_id, DeadLetter.event_id],
            set_={"died_at": now, "reason": reason, "attempts": attempts, "replayed_at": None},
        )
    )


def _lying(endpoint_id: str) -> ColumnElement[bool]:
    return (DeadLetter.endpoint_id == endpoint_id) & DeadLetter.replayed_at.is_(None)
