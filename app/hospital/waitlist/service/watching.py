"""What the waitlist lets go of when a session is called off."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.statements import Tx, rows
from app.hospital.waitlist.service.moves import move_entry
from app.hospital.waitlist.states import EntryState

_ONLY_THIS: Final = """
SELECT id FROM waitlist_entries WHERE session_id = %(session)s AND state = 'WAITING'
ORDER BY id FOR UPDATE
"""
_OFFERED: Final = """
SELECT e.id FROM waitlist_entries e WHERE e.state = 'OFFERED' AND EXISTS (
  SELECT FROM waitlist_places p JOIN appointments a ON a.id = p.appointment_id
  WHERE p.entry_id = e.id AND a.session_id = %(session)s AND a.state = 'CANCELLED_HOSPITAL')
AND NOT EXISTS (
  SELECT FROM waitlist_places p JOIN appointments a ON a.id = p.appointment_id
  WHERE p.entry_id = e.id AND a.state = 'OFFERED')
ORDER BY e.id FOR UPDATE OF e
"""


class WaitlistWatcher:
    """Follows a session that is called off; the sweep does the same later where nobody asks."""

    def session_stopped(self, tx: Tx, session_id: str, now: datetime) -> None:
        """Let go of a session, in the transaction that calls it off.

        Whoever was offered a place of it waits again, in their old place; whoever waits for this
        session and no other waits no longer. All are told.
        """
        about = {"session": session_id}
        for (entry_id,) in rows(tx, _OFFERED, about):
            move_entry(tx, entry_id, EntryState.WAITING, now)
        for (entry_id,) in rows(tx, _ONLY_THIS, about):
            move_entry(tx, entry_id, EntryState.CLOSED, now)
