"""Tells persons what happened to what is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.notifications.models import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """A notice to be."""

    kind: str
    about: str
    zh: str
    en: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPage:
    """Some notices, newest first, and the cursor of the next page."""

    items: Sequence[Notice]
    next: str | None


class Notices:
    """Writes and reads notices."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def tell(self, person_id: str, notice: NoticeText, *, message_id: str) -> None:
        """Tell a person, once a message of the outbox, in the transaction under way."""
        with self._database.transaction() as tx:
            tx.execute(
                insert(Notice)
                .values(
                    id=new_id("ntc", self._clock.now()),
                    person_id=person_id,
                    at=notice.at,
                    kind=notice.kind,
                    about=notice.about,
                    zh=notice.zh,
                    en=notice.en,
                    message_id=message_id,
                )
                .on_conflict_do_nothing(index_elements=[Notice.person_id, Notice.message_id])
            )

    def of_person(self, person_id: str, *, before: str | None, limit: int) -> NoticesPage:
        """The notices of a person, newest first.

        Args:
            person_id: whose.
            before: cursor: the last id of the page before.
            limit: notices a page.
        """
        query = select(Notice).where(Notice.person_id == person_id)
        if before is not None:
            query = query.where(Notice.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(Notice.id.desc()).limit(limit + 1)).all()
        return NoticesPage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )
