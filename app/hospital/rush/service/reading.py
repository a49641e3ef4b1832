"""What is public of a release, and what its hospital sees beyond that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.hospital.rush.errors import (
    DRAW_TICKETS_GONE,
    DRAW_TOO_EARLY,
    DRAW_UNKNOWN,
    RELEASE_UNKNOWN,
)
from app.hospital.rush.models import QueueTail, QueueTicket, Release, ReleaseSession
from app.hospital.rush.policy import RushPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A release and its sessions."""

    release: Release
    session_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lottery:
    """A release that is drawn by lot."""

    release: Release
    published_until: datetime
    """So long all its tickets can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a release goes."""

    tickets: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A ticket of a lottery, without its holder."""

    ticket_id: str
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """Some of them, by their ids."""

    items: Sequence[Entry]
    next: str | None


class ReleaseReading:
    """Reads releases."""

    def __init__(self, *, database: Database, policy: RushPolicy) -> None:
        """Take the database, and for how long tickets are kept."""
        self._database = database
        self._policy = policy

    def one(self, release_id: str, *, hospital_id: str | None = None) -> ReleaseView:
        """A release; of this hospital, where one is given.

        Raises:
            DomainError: RELEASE_UNKNOWN.
        """
        with self._database.transaction() as tx:
            release = tx.get(Release, release_id)
            if release is None or hospital_id not in (None, release.hospital_id):
                raise RELEASE_UNKNOWN()
            return self._viewed(tx, release)

    def of_session(self, session_id: str) -> ReleaseView:
        """The release a session belongs to.

        Raises:
            DomainError: RELEASE_UNKNOWN: it belongs to none.
        """
        query = (
            select(Release)
            .join(ReleaseSession, ReleaseSession.release_id == Release.id)
            .where(ReleaseSession.session_id == session_id)
        )
        with self._database.transaction() as tx:
            release = tx.scalars(query).one_or_none()
            if release is None:
                raise RELEASE_UNKNOWN()
            return self._viewed(tx, release)

    def progress(self, release_id: str) -> Progress:
        """How many tickets were given out and used, also after they are forgotten."""
        used = (
            select(func.count())
            .where(QueueTicket.release_id == release_id, QueueTicket.used_at.is_not(None))
            .scalar_subquery()
        )
        query = (
            select(QueueTail.tickets, func.coalesce(Release.used_in_all, used))
            .join(Release, Release.id == QueueTail.release_id)
            .where(Release.id == release_id)
        )
        with self._database.transaction() as tx:
            tickets, in_all = tx.execute(query).one()
        return Progress(tickets=tickets, used=in_all)

    def lottery(self, release_id: str) -> Lottery:
        """A release that is drawn by lot.

        Raises:
            DomainError: DRAW_UNKNOWN.
        """
        with self._database.transaction() as tx:
            release = tx.get(Release, release_id)
        if release is None or release.commitment is None:
            raise DRAW_UNKNOWN()
        until = release.closes_at + self._policy.keeps_lottery
        return Lottery(release=release, published_until=until)

    def entries(self, release_id: str, *, after: str | None, limit: int) -> EntryPage:
        """A page of a closed lottery's tickets.

        Raises:
            DomainError: DRAW_UNKNOWN, DRAW_TOO_EARLY or DRAW_TICKETS_GONE.
        """
        table = QueueTicket
        query = select(table.id, table.rank).where(table.release_id == release_id)
        if after is not None:
            query = query.where(table.id > after)
        with self._database.transaction() as tx:
            found = tx.execute(query.order_by(table.id).limit(limit + 1)).all()
        # Looked at afterwards: what was deleted before the page was read is known by now.
        release = self.lottery(release_id).release
        if release.closed_at is None:
            raise DRAW_TOO_EARLY()
        if release.used_in_all is not None:  # a part of them would look like a fraud
            raise DRAW_TICKETS_GONE()
        items = [Entry(ticket_id=one.id, rank=one.rank) for one in found[:limit]]
        return EntryPage(items=items, next=items[-1].ticket_id if len(found) > limit else None)

    def _viewed(self, tx: Session, release: Release) -> ReleaseView:
        query = select(ReleaseSession.session_id).where(ReleaseSession.release_id == release.id)
        return ReleaseView(
            release=release, session_ids=list(tx.scalars(query.order_by(ReleaseSession.session_id)))
        )
