"""A ticket as its holder sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.core.statements import Row
from app.hospital.rush.policy import RushPolicy
from app.hospital.rush.states import TicketState

# What a view needs: the ticket, its release, and how far the line has come. Admissions never
# decrease with the rank, so the last one admitted is the end of a range of the index.
VIEW: Final = """
SELECT t.id, t.release_id, t.rank, t.admits_at, t.admits_until, t.used_at,
  r.opens_at, r.closes_at, r.withdrawn_at,
  (SELECT h.rank FROM queue_tickets h
   WHERE h.release_id = t.release_id AND h.admits_at <= %(now)s
   ORDER BY h.admits_at DESC, h.rank DESC LIMIT 1)
FROM queue_tickets t JOIN releases r ON r.id = t.release_id
"""
_SHARE: Final = 10
"""So many looks until the turn comes, where the bounds allow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """Where somebody stands."""

    id: str
    release_id: str
    state: TicketState
    rank: int | None
    ahead: int | None
    """How many with a lower rank are not admitted yet; None: not drawn, or no more in line."""
    admits_at: datetime | None
    """When they are admitted; never changes."""
    admits_until: datetime | None
    wait_seconds: int | None
    """Until then; None: not drawn, or no more in line."""
    poll_after_seconds: int | None
    """When to look again; None: nothing changes by waiting."""
    ends_at: datetime
    """Of the release."""
    token: str = field(default="", repr=False)


def view_of(row: Row, *, now: datetime, policy: RushPolicy) -> TicketView:
    """What a row of `VIEW` says at a moment."""
    rank, admits_at, admits_until, opens_at, head = row[2], row[3], row[4], row[6], row[9]
    state = _state(row, now)
    waits = state is TicketState.WAITING
    next_change = opens_at if state is TicketState.UNDRAWN else admits_at if waits else None
    return TicketView(
        id=row[0],
        release_id=row[1],
        state=state,
        rank=rank,
        ahead=rank - 1 - (head or 0) if waits else None,
        admits_at=admits_at,
        admits_until=admits_until,
        wait_seconds=_seconds(admits_at, now) if waits else None,
        poll_after_seconds=_poll(next_change, now, policy, early=waits),
        ends_at=row[7],
    )


def _state(row: Row, now: datetime) -> TicketState:
    admits_at, admits_until, used_at, closes_at, withdrawn_at = (
        row[3],
        row[4],
        row[5],
        row[7],
        row[8],
    )
    if used_at is not None:
        return TicketState.USED
    if withdrawn_at is not None or closes_at <= now:
        return TicketState.ENDED
    if admits_at is None:
        return TicketState.UNDRAWN
    if now < admits_at:
        return TicketState.WAITING
    return TicketState.ADMITTED if now < admits_until else TicketState.LAPSED


def _seconds(moment: datetime, now: datetime) -> int:
    return max(0, math.ceil((moment - now).total_seconds()))


def _poll(moment: datetime | None, now: datetime, policy: RushPolicy, *, early: bool) -> int | None:
    """A share of the wait within the bounds, and not past the turn where that is known."""
    if moment is None:
        return None
    wait = _seconds(moment, now)
    least, most = policy.poll_at_least.total_seconds(), policy.poll_at_most.total_seconds()
    paced = math.ceil(min(max(wait / _SHARE, least), most))
    return max(1, min(paced, wait)) if early else paced
