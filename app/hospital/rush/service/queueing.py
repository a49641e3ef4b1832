"""Standing in line: one ticket a person and release, however often they ask."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Final

from psycopg.errors import UniqueViolation

from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.ids import new_id
from app.hospital.rush.errors import (
    QUEUE_FULL,
    QUEUE_NOT_OPEN,
    QUEUE_TICKET_UNKNOWN,
    RELEASE_UNKNOWN,
)
from app.hospital.rush.policy import RushPolicy
from app.hospital.rush.ports import Uses
from app.hospital.rush.service.tokens import QueueTokens
from app.hospital.rush.service.views import VIEW, TicketView, view_of

# One statement that commits by itself: the tail's row is locked for no longer than the server
# needs, whatever this process is busy with. Each who joins takes the next rank, and the next
# admission: not before the one ahead is admitted and the release's pace has passed.
_JOIN: Final = """
WITH release AS (
  SELECT id, mode, admission_seconds, interval '1 minute' / admits_per_minute AS pace, most_tickets
  FROM releases
  WHERE id = %(release)s AND withdrawn_at IS NULL AND closed_at IS NULL
    AND tickets_from <= %(now)s AND tickets_until > %(now)s
    AND NOT EXISTS (
      SELECT FROM queue_tickets WHERE release_id = %(release)s AND person_id = %(person)s)
  FOR KEY SHARE
), tail AS (
  UPDATE queue_tails t
  SET tickets = t.tickets + 1, admits_next = greatest(t.admits_next, %(now)s) + release.pace
  FROM release WHERE t.release_id = release.id AND t.tickets < release.most_tickets
  RETURNING release.id, t.tickets AS rank, t.admits_next - release.pace AS admits_at,
    release.admission_seconds * interval '1 second' AS lasts, release.mode = 'FIFO' AS ranked
)
INSERT INTO queue_tickets (id, release_id, person_id, rank, admits_at, admits_until, taken_at)
SELECT %(id)s, tail.id, %(person)s, CASE WHEN ranked THEN rank END,
  CASE WHEN ranked THEN admits_at END, CASE WHEN ranked THEN admits_at + lasts END, %(now)s
FROM tail
RETURNING id
"""
_MINE: Final = VIEW + "WHERE t.release_id = %(release)s AND t.person_id = %(person)s"
_ONE: Final = VIEW + "WHERE t.id = %(id)s AND t.person_id = %(person)s"
_WHY: Final = """
SELECT r.tickets_from <= %(now)s AND r.tickets_until > %(now)s AND r.withdrawn_at IS NULL
  AND r.closed_at IS NULL AND t.tickets >= r.most_tickets
FROM releases r JOIN queue_tails t ON t.release_id = r.id WHERE r.id = %(release)s
"""


class Queueing:
    """Gives tickets out, and tells how they stand."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        limits: Uses,
        tokens: QueueTokens,
        policy: RushPolicy,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._limits = limits
        self._tokens = tokens
        self._policy = policy

    def join(self, citizen: Citizen, release_id: str) -> TicketView:
        """Take a ticket, or be told the one already taken: the same, with the same rank.

        1. Not too often.
        2. The release gives out tickets now, and has some left.
        3. One ticket a person, whatever devices they ask from: an index of the database.

        It is committed when this returns: no crash makes a ticket that was told unheard of.

        Raises:
            DomainError: TOO_MANY_REQUESTS, RELEASE_UNKNOWN, QUEUE_NOT_OPEN or QUEUE_FULL.
        """
        self._limits.hit("queue_tickets", citizen.person_id)  # 1
        now = self._clock.now()
        values = {
            "id": new_id("qtk", now),
            "release": release_id,
            "person": citizen.person_id,
            "now": now,
        }
        with suppress(UniqueViolation):  # asked twice at the same moment: the other one made it
            self._database.look(_JOIN, values)  # 2, 3
        found = self._view(_MINE, values)
        if found is None:
            raise self._refusal(values)
        return self._signed(found, citizen)

    def read(self, citizen: Citizen, ticket_id: str) -> TicketView:
        """How a ticket of the caller stands.

        Raises:
            DomainError: TOO_MANY_REQUESTS or QUEUE_TICKET_UNKNOWN.
        """
        self._limits.hit("queue_polls", citizen.person_id)
        values = {"id": ticket_id, "person": citizen.person_id, "now": self._clock.now()}
        found = self._view(_ONE, values)
        if found is None:
            raise QUEUE_TICKET_UNKNOWN()
        return self._signed(found, citizen)

    def _view(self, query: str, values: dict[str, object]) -> TicketView | None:
        found = self._database.look(query, values)
        now = self._clock.now()
        return view_of(found[0], now=now, policy=self._policy) if found else None

    def _refusal(self, values: dict[str, object]) -> DomainError:
        found = self._database.look(_WHY, values)
        if not found:
            return RELEASE_UNKNOWN()
        return QUEUE_FULL() if found[0][0] else QUEUE_NOT_OPEN()

    def _signed(self, view: TicketView, citizen: Citizen) -> TicketView:
        token = self._tokens.make(
            ticket_id=view.id,
            release_id=view.release_id,
            person_id=citizen.person_id,
            rank=view.rank,
            ends_at=view.ends_at,
            now=self._clock.now(),
        )
        return replace(view, token=token)
