"""Standing in line: one ticket a person and release, however often they ask."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Final

from psycopg.errors import RestrictViolation

from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.ids import new_id
from app.core.statements import Row
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

# Moves the tail on: the next rank, and the next admission, not before the one ahead and the pace
# after it. Everybody locks this one row, so its commit does not wait for the disk; the ticket's
# does, and as the log is written in order it makes both durable. What a crash can lose is a rank
# that nobody was told of.
_TAIL: Final = """
WITH at_once AS MATERIALIZED (
  SELECT set_config('synchronous_commit', 'off', true)
), release AS (
  SELECT id, mode, admission_seconds, interval '1 minute' / admits_per_minute AS pace, most_tickets
  FROM releases
  WHERE id = %(release)s AND withdrawn_at IS NULL AND closed_at IS NULL
    AND tickets_from <= %(now)s AND tickets_until > %(now)s
    AND NOT EXISTS (
      SELECT FROM queue_tickets WHERE release_id = %(release)s AND person_id = %(person)s)
)
UPDATE queue_tails t
SET tickets = t.tickets + 1, admits_next = greatest(t.admits_next, %(now)s) + release.pace
FROM release, at_once WHERE t.release_id = release.id AND t.tickets < release.most_tickets
RETURNING t.tickets, t.admits_next - release.pace,
  t.admits_next - release.pace + release.admission_seconds * interval '1 second',
  release.mode = 'FIFO'
"""
_TICKET: Final = """
INSERT INTO queue_tickets (id, release_id, person_id, rank, admits_at, admits_until, taken_at)
VALUES (%(id)s, %(release)s, %(person)s, %(rank)s, %(admits_at)s, %(admits_until)s, %(now)s)
ON CONFLICT (release_id, person_id) DO NOTHING RETURNING id
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
        values: dict[str, object] = {
            "id": new_id("qtk", now),
            "release": release_id,
            "person": citizen.person_id,
            "now": now,
        }
        with self._database.apart():  # nobody else's commit goes without the disk
            tail = self._database.look(_TAIL, values)  # 2
            if tail:
                self._give(tail[0], values)  # 3
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
        values: dict[str, object] = {
            "id": ticket_id,
            "person": citizen.person_id,
            "now": self._clock.now(),
        }
        found = self._view(_ONE, values)
        if found is None:
            raise QUEUE_TICKET_UNKNOWN()
        return self._signed(found, citizen)

    def _give(self, tail: Row, values: dict[str, object]) -> None:
        rank, admits_at, admits_until, ranked = tail
        told = {
            **values,
            "rank": rank if ranked else None,
            "admits_at": admits_at if ranked else None,
            "admits_until": admits_until if ranked else None,
        }
        with suppress(RestrictViolation):  # a lottery that was closed meanwhile
            self._database.look(_TICKET, told)

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
