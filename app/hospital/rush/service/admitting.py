"""Admissions: who of the line may take a place, once."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from app.core.errors import DomainError
from app.core.statements import Tx, changed, row
from app.hospital.rush.errors import (
    QUEUE_ADMISSION_OVER,
    QUEUE_NOT_ADMITTED,
    QUEUE_TICKET_INVALID,
    QUEUE_TICKET_REQUIRED,
    QUEUE_TICKET_USED,
)
from app.hospital.rush.service.tokens import QueueTokens

_RELEASE: Final = """
SELECT r.id FROM release_sessions s JOIN releases r ON r.id = s.release_id
WHERE s.session_id = %(session)s AND r.closes_at > %(now)s
"""
_USE: Final = """
UPDATE queue_tickets SET used_at = %(now)s, session_id = %(session)s
WHERE id = %(ticket)s AND release_id = %(release)s AND person_id = %(person)s
  AND used_at IS NULL AND admits_at <= %(now)s AND admits_until > %(now)s
"""
_HOW: Final = """
SELECT used_at, admits_at FROM queue_tickets
WHERE id = %(ticket)s AND release_id = %(release)s AND person_id = %(person)s
"""


class QueueAdmissions:
    """Lets those in whose turn it is (the core's port `Admissions`)."""

    def __init__(self, *, tokens: QueueTokens) -> None:
        """Take what reads tickets."""
        self._tokens = tokens

    def require(
        self, tx: Tx, person_id: str, session_id: str, ticket: str | None, now: datetime
    ) -> bool:
        """Use an admission up where the session asks for one, in the transaction that holds.

        1. A session without a release under way asks for none.
        2. There is a ticket.
        3. It is genuine, for the release of this session, and this person's.
        4. It is its turn, and it was not used: one conditional update, so that of two requests
           with one ticket the second waits for the first. If that one gets no place, its
           transaction is rolled back and the ticket is as before.

        No place is looked at before all this is settled.

        Args:
            tx: the transaction of the hold; before it locks a place.
            person_id: who holds the ticket: who asks, also where they ask for somebody else.
            session_id: which session.
            ticket: the token, as it was given out.
            now: the present moment.

        Returns:
            True where an admission was used; False where the session asks for none.

        Raises:
            DomainError: QUEUE_TICKET_REQUIRED, QUEUE_TICKET_INVALID, QUEUE_TICKET_NOT_YOURS,
                QUEUE_NOT_ADMITTED, QUEUE_ADMISSION_OVER or QUEUE_TICKET_USED.
        """
        found = row(tx, _RELEASE, {"session": session_id, "now": now})
        if found is None:  # 1
            return False
        release_id = str(found[0])
        if ticket is None:  # 2
            raise QUEUE_TICKET_REQUIRED(members={"release_id": release_id})
        ticket_id = self._tokens.read(  # 3
            ticket, release_id=release_id, person_id=person_id, now=now
        )
        values = {
            "ticket": ticket_id,
            "release": release_id,
            "person": person_id,
            "session": session_id,
            "now": now,
        }
        if changed(tx, _USE, values) != 1:  # 4
            raise _refusal(row(tx, _HOW, values), now)
        return True


def _refusal(found: tuple[datetime | None, datetime | None] | None, now: datetime) -> DomainError:
    if found is None:
        return QUEUE_TICKET_INVALID()
    used_at, admits_at = found
    if used_at is not None:
        return QUEUE_TICKET_USED()
    if admits_at is None:
        return QUEUE_NOT_ADMITTED()
    if admits_at > now:
        return QUEUE_NOT_ADMITTED(retry_after=math.ceil((admits_at - now).total_seconds()))
    return QUEUE_ADMISSION_OVER()
