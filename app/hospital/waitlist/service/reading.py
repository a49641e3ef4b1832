"""A person's entries: how far they have come, and why they were passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from app.core.access.principals import Citizen
from app.core.database import Database
from app.hospital.waitlist.errors import WAITLIST_ENTRY_UNKNOWN
from app.hospital.waitlist.models import WaitlistEntry, WaitlistMember, WaitlistSkip
from app.hospital.waitlist.states import EntryState

# Who entered before, and could be given a place that this entry waits for.
_BEFORE: Final = text("""
SELECT count(*) FROM waitlist_entries e JOIN waitlist_entries mine ON mine.id = :id
WHERE e.state = 'WAITING' AND e.department_id = mine.department_id
  AND (e.created_at, e.id) < (mine.created_at, mine.id)
  AND e.from_day <= mine.to_day AND e.to_day >= mine.from_day AND e.half_days && mine.half_days
  AND (e.practitioner_id IS NULL OR mine.practitioner_id IS NULL
    OR e.practitioner_id = mine.practitioner_id)
  AND (e.session_id IS NULL OR mine.session_id IS NULL OR e.session_id = mine.session_id)
""")
_PLACES: Final = text("""
SELECT a.id, a.state, a.session_id, a.mandate_id, u.number, a.starts_at, a.ends_at, a.fee,
  a.deadline
FROM waitlist_places p
JOIN appointments a ON a.id = p.appointment_id
JOIN slot_units u ON u.id = a.unit_id
WHERE p.entry_id = :id ORDER BY a.created_at, u.number
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A session that had a free place, and why the entry was passed over."""

    session_id: str
    reason: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry as the person who made it sees it."""

    entry: WaitlistEntry
    mandates: Sequence[str | None]
    """One for each place; None: their own."""
    before: int | None
    """How many entries come first; None where it waits no longer."""
    places: Sequence[RowMapping]
    """What it was given, oldest first, as appointments."""
    skips: Sequence[Skip]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesPage:
    """Some entries, newest first, and the cursor of the next page."""

    items: Sequence[EntryView]
    next: str | None


class WaitlistReading:
    """What a person sees of their own entries."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def one(self, citizen: Citizen, entry_id: str) -> EntryView:
        """One of the person's entries.

        Raises:
            DomainError: WAITLIST_ENTRY_UNKNOWN.
        """
        row = WaitlistEntry
        query = select(row).where(row.id == entry_id, row.person_id == citizen.person_id)
        with self._database.transaction() as tx:
            found = tx.scalars(query.execution_options(populate_existing=True)).one_or_none()
            if found is None:
                raise WAITLIST_ENTRY_UNKNOWN()
            return _view(tx, found)

    def page(self, citizen: Citizen, *, before: str | None, limit: int) -> EntriesPage:
        """The person's entries, newest first.

        Args:
            citizen: who looks.
            before: cursor: the last id of the page before.
            limit: entries a page.
        """
        row = WaitlistEntry
        query = select(row).where(row.person_id == citizen.person_id)
        if before is not None:
            query = query.where(row.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(row.id.desc()).limit(limit + 1)).all()
            items = [_view(tx, one) for one in found[:limit]]
        return EntriesPage(items=items, next=found[limit - 1].id if len(found) > limit else None)


def _view(tx: Session, entry: WaitlistEntry) -> EntryView:
    about: dict[str, Any] = {"id": entry.id}
    member, skip = WaitlistMember, WaitlistSkip
    waits = entry.state is EntryState.WAITING
    skips = select(skip).where(skip.entry_id == entry.id).order_by(skip.last_at, skip.session_id)
    return EntryView(
        entry=entry,
        mandates=tx.scalars(
            select(member.mandate_id)
            .where(member.entry_id == entry.id)
            .order_by(member.mandate_id.nulls_first())
        ).all(),
        before=tx.scalars(_BEFORE, about).one() if waits else None,
        places=tx.execute(_PLACES, about).mappings().all(),
        skips=[
            Skip(
                session_id=one.session_id,
                reason=one.reason,
                first_at=one.first_at,
                last_at=one.last_at,
            )
            for one in tx.scalars(skips.limit(100))
        ],
    )
