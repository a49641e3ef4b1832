"""Who comes next for a place that was left free (`app.hospital.ports.Succession`)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.statements import Tx, changed, rows
from app.hospital.waitlist.service.giving import PlaceGiving
from app.hospital.waitlist.service.matching import Candidate, next_candidate, place_of
from app.hospital.waitlist.service.moves import move_entry
from app.hospital.waitlist.states import EntryState, SkipReason

_MOST_SKIPPED: Final = 100
"""Entries that are passed over for one place at most; then it is the public's."""
_OVER: Final = """
SELECT p.entry_id, a.state FROM waitlist_places p
JOIN appointments a ON a.id = p.appointment_id
JOIN waitlist_entries e ON e.id = p.entry_id
WHERE p.unit_id = %(unit)s AND e.state = 'OFFERED' AND a.state IN ('EXPIRED', 'DECLINED')
"""
_SKIP: Final = """
INSERT INTO waitlist_skips (entry_id, session_id, reason, first_at, last_at)
VALUES (%(entry)s, %(session)s, %(reason)s, %(now)s, %(now)s)
ON CONFLICT (entry_id, session_id, reason) DO UPDATE SET last_at = excluded.last_at
"""
_ENDS: Final = {"EXPIRED": EntryState.LAPSED, "DECLINED": EntryState.DECLINED}


class WaitlistSuccession:
    """Lets the waitlist have places."""

    def __init__(self, *, giving: PlaceGiving) -> None:
        """Take what gives."""
        self._giving = giving

    def vacated(self, tx: Tx, unit_id: str, session_id: str, now: datetime) -> None:
        """Let the waitlist have a place that somebody gave up, in the transaction that freed it.

        Whoever was offered it until now has answered or let the time pass, and that is written
        down. Then the place goes to whoever entered first and can have it.
        """
        del session_id  # the place knows
        for entry_id, state in rows(tx, _OVER, {"unit": unit_id}):
            move_entry(tx, entry_id, _ENDS[state], now, only_from=EntryState.OFFERED)
        self.passed_on(tx, unit_id, now, freed=True)

    def passed_on(self, tx: Tx, unit_id: str, now: datetime, *, freed: bool) -> bool:
        """Give a free place to the first who can have it; returns whether somebody got it.

        1. The place may go to the waitlist (`place_of`).
        2. Entries whose conditions it meets are looked at in the order they were made, each under a
           lock; one that cannot have it is passed over, and told why.

        Args:
            tx: the transaction, which holds the lock of the place.
            unit_id: the place.
            now: the present moment.
            freed: somebody gave it up; otherwise it is one of many that became free at once.
        """
        place = place_of(tx, unit_id, now)  # 1
        if place is None:
            return False
        entry: Candidate | None = None
        for _ in range(_MOST_SKIPPED):
            entry = next_candidate(tx, place, entry, now, freed=freed)  # 2
            if entry is None:
                return False
            reason = self._giving.give(tx, entry, place, now)
            if reason is None:
                return True
            _skipped(tx, entry, place.session_id, reason, now)  # 2
        return False


def _skipped(tx: Tx, entry: Candidate, session_id: str, reason: SkipReason, now: datetime) -> None:
    values = {"entry": entry.id, "session": session_id, "reason": reason.value, "now": now}
    changed(tx, _SKIP, values)
