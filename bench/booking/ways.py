"""Ways to take a place, and ways to take a rank: ours, and customary ones beside them.

The customary ways of taking work on the same tables, or, where those would refuse what a way does
wrong, on tables like them without their constraints.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import app.wiring.models  # noqa: F401 - every table knows those it refers to
from app.core.clock import SystemClock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.ids import new_id
from app.core.statements import Tx, row, rows
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.states import AppointmentState
from app.wiring.hospital.rush import build_admissions
from app.wiring.infrastructure import build_infrastructure
from config import Settings

OURS, FOR_UPDATE, NAIVE = "numbered places", "select for update", "read then decrement"
TAKING: Final = (OURS, FOR_UPDATE, NAIVE)
TAIL, ONE_GO, SEQUENCE, MEMORY = "row", "row and ticket at once", "sequence", "counter in memory"
RANKING: Final = (TAIL, ONE_GO, SEQUENCE, MEMORY)
ADMITTED: Final = "admitted"
"""Takes a place by a queue ticket."""
TAKEN, NONE_LEFT = "taken", "none left"
_HOLD: Final = timedelta(minutes=10)
_LOCK: Final = "SELECT id FROM unit_pools WHERE session_id = %(session)s FOR UPDATE"
_LOOK: Final = "SELECT size FROM bench_pools WHERE session_id = %(session)s"
_DECREMENT: Final = """
UPDATE bench_pools SET size = %(left)s WHERE session_id = %(session)s RETURNING size
"""
_SOLD: Final = "INSERT INTO bench_sold VALUES (%(session)s, %(person)s) RETURNING 1"
# As `Queueing` does it: the row's commit does not wait for the disk, the ticket's does.
_RANK: Final = """
WITH at_once AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE bench_tails SET tickets = tickets + 1 FROM at_once RETURNING tickets
"""
_RANK_BY_ROW: Final = """
WITH tail AS (UPDATE bench_tails SET tickets = tickets + 1 RETURNING tickets)
INSERT INTO bench_tickets (id, rank) SELECT %(id)s, tickets FROM tail RETURNING rank
"""
_RANK_BY_SEQUENCE: Final = """
INSERT INTO bench_tickets (id, rank) VALUES (%(id)s, nextval('bench_ranks')) RETURNING rank
"""
_RANK_GIVEN: Final = """
INSERT INTO bench_tickets (id, rank) VALUES (%(id)s, %(rank)s) RETURNING rank
"""
MAKE: Final = (
    "CREATE TABLE bench_pools (LIKE unit_pools)",
    "CREATE TABLE bench_sold (session_id varchar NOT NULL, person_id varchar NOT NULL)",
    "CREATE TABLE bench_tails (tickets integer NOT NULL)",
    "CREATE TABLE bench_tickets (id varchar PRIMARY KEY, rank integer NOT NULL UNIQUE)",
    "CREATE SEQUENCE bench_ranks",
    "INSERT INTO bench_tails VALUES (0)",
)
Way = Callable[[Any], str]


class Ways:
    """One process's connection, and what it can do with it. A context manager."""

    def __init__(self, settings: Settings) -> None:
        """Connect."""
        self._closing = ExitStack()
        shared = build_infrastructure(settings, SystemClock(), self._closing)
        self._database: Database = shared.database
        self._redis = shared.redis
        self._admissions = build_admissions(shared)
        self._database.ping()

    def way(self, name: str) -> Way:
        """Return what does one subject by the way of this name; it says what came of it.

        Raises:
            KeyError: there is none of this name.
        """
        ways: dict[str, Way] = {
            OURS: self._ours,
            FOR_UPDATE: self._for_update,
            NAIVE: self._naive,
            TAIL: lambda _: self._ranked(_RANK_GIVEN, self._database.look(_RANK, {})[0][0]),
            ONE_GO: lambda _: self._ranked(_RANK_BY_ROW),
            SEQUENCE: lambda _: self._ranked(_RANK_BY_SEQUENCE),
            MEMORY: lambda _: self._ranked(_RANK_GIVEN, self._redis.incr("bench:ranks")),
            ADMITTED: self._admitted,
        }
        return ways[name]

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._closing.close()

    def _ours(self, subject: tuple[str, str]) -> str:
        with self._database.direct() as tx:
            return _claimed(tx, *subject)

    def _for_update(self, subject: tuple[str, str]) -> str:
        with self._database.direct() as tx:
            rows(tx, _LOCK, {"session": subject[0]})
            return _claimed(tx, *subject)

    def _naive(self, subject: tuple[str, str]) -> str:
        values: dict[str, object] = {"session": subject[0], "person": subject[1]}
        with self._database.direct() as tx:
            ((left,),) = rows(tx, _LOOK, values)
            if left <= 0:
                return NONE_LEFT
            row(tx, _DECREMENT, {**values, "left": left - 1})
            row(tx, _SOLD, values)
        return TAKEN

    def _ranked(self, statement: str, rank: object = None) -> str:
        values = {"id": new_id("qtk", datetime.now(UTC)), "rank": rank}
        self._database.look(statement, values)
        return TAKEN

    def _admitted(self, subject: tuple[str, str, str]) -> str:
        """Use a turn up and take a place, as a hold does; or say why not."""
        session, person, ticket = subject
        now = datetime.now(UTC)
        try:
            with self._database.direct() as tx:
                self._admissions.require(tx, person, session, ticket, now)
                return _claimed(tx, session, person, source="ticket")
        except DomainError as refused:
            return refused.kind.code


def _claimed(tx: Tx, session: str, person: str, *, source: str = "public") -> str:
    now = datetime.now(UTC)
    wanted = Wanted(
        person_id=person,
        session_id=session,
        state=AppointmentState.PENDING_PAYMENT,
        deadline=now + _HOLD,
        opened=now,
        source=source,
    )
    return NONE_LEFT if claim(tx, wanted, now) is None else TAKEN
