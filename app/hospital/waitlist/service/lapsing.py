"""Ends offers whose deadline has passed, and passes their places on."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx, rows
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from app.hospital.waitlist.service.succession import WaitlistSuccession
from app.outbox.ports import Message, Postponed

_DUE_OF: Final = """
SELECT a.id, a.unit_id, a.session_id FROM waitlist_places p
JOIN appointments a ON a.id = p.appointment_id
WHERE p.entry_id = %(entry)s AND a.state = 'OFFERED' AND a.deadline <= %(now)s
ORDER BY a.unit_id
"""


class OfferLapsing:
    """The handler of the outbox's `waitlist.offer_due`, and what the sweep does for one entry."""

    def __init__(self, *, database: Database, clock: Clock, succession: WaitlistSuccession) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._succession = succession

    def __call__(self, message: Message, /) -> Postponed | None:
        """End the offer the message is about, if nobody has answered it."""
        with self._database.transaction() as tx:
            self.end(tx, message.payload["entry"], self._clock.now())
        return None

    def end(self, tx: Tx, entry_id: str, now: datetime) -> int:
        """End the offers to an entry that are due; returns how many there were."""
        step = Move(state=AppointmentState.EXPIRED, actor="system", too_late=now)
        due = rows(tx, _DUE_OF, {"entry": entry_id, "now": now})
        ended = [one for one in due if move(tx, one[0], step, now) is not None]
        for _, unit_id, session_id in ended:
            self._succession.vacated(tx, unit_id, session_id, now)
        return len(ended)
