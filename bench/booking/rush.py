"""A rush: far more people than places, who ask for tickets at once and are served in order."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from app.hospital.rush.service.releases import Releases, Terms
from app.hospital.rush.states import ReleaseMode
from bench.booking.crew import Crew
from bench.booking.crowd import APPOINTMENTS, TICKETS, Asked, Crowd, Told
from bench.booking.places import UNITS, Hospital, people, sessions
from bench.booking.ways import ADMITTED, NONE_LEFT, TAKEN
from bench.card.desk import Desk
from bench.figures import Figures

_GIVEN: Final = 200
_PER_MINUTE: Final = 60_000
"""Faster than anything is served here: what is measured is what can be served."""
_BATCH: Final = 100
_FULL: Final = "SESSION_FULL"
_UNORDERED: Final = """
SELECT count(*) FROM (SELECT admits_at < lag(admits_at) OVER (ORDER BY rank) AS sooner,
    used_at < admits_at AS early
  FROM queue_tickets WHERE release_id = :release) AS t WHERE sooner OR early
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """Where it is run."""

    desk: Desk
    crew: Crew
    crowd: Crowd
    where: Hospital
    clients: int
    """Connections at once, of all processes."""
    over_http: bool
    """Whether places are taken over HTTP, too; else by the use case itself."""

    def measure(self, *, tickets: int, places: int, first: int) -> dict[str, Any]:
        """Let so many people ask for a ticket, and serve them until no place is left.

        Args:
            tickets: people.
            places: for them all.
            first: number of the first person.
        """
        persons, session_ids, release_id = self._made(tickets, places, first)
        self.crowd.sign_in(persons)
        asked = [
            Asked(person_id=one, path=TICKETS, body={"release_id": release_id}) for one in persons
        ]
        told, ms, wall_s = self.crowd.ask(asked)
        given = [one for one in told if one.status == _GIVEN]
        served = self._served(given, session_ids, places)
        return {
            "clients": self.clients,
            "tickets": len(given),
            "refused": len(told) - len(given),
            "tickets_per_s": round(len(given) / wall_s),
            "ticket_p99_ms": Figures.of(ms).p99,
            "ticket_ms": asdict(Figures.of(ms)),
            **served,
            "order_violations": overtaken(given) + self._count(_UNORDERED, release_id),
            "untrue": self._untrue(given),
        }

    def _made(self, tickets: int, places: int, first: int) -> tuple[list[str], Sequence[str], str]:
        now = self.desk.clock.now()
        many = max(1, places // UNITS)
        with self.desk.database.separate() as tx:
            persons = people(tx, tickets, first=first, now=now)
            ids = sessions(tx, self.where, count=many, units=places // many, tag="r", now=now)
        terms = Terms(
            name="专家门诊",
            mode=ReleaseMode.FIFO,
            session_ids=ids,
            tickets_from=now,
            tickets_until=now + timedelta(hours=2),
            opens_at=now + timedelta(seconds=1),
            closes_at=now + timedelta(hours=2),
            admits_per_minute=_PER_MINUTE,
            admission_seconds=3600,
            most_tickets=200_000,
            public_source=None,
        )
        return persons, ids, self.desk.service(Releases).make(self.where.hospital_id, terms)

    def _served(
        self, given: Sequence[Told], session_ids: Sequence[str], places: int
    ) -> dict[str, Any]:
        """Let people take places in the order of their turns, until none is left."""
        line = sorted(given, key=lambda one: int(one.body["rank"]))
        admitted = taken = 0
        seconds = 0.0
        last_rank = 0
        for begin in range(0, len(line), _BATCH):
            batch = line[begin : begin + _BATCH]
            _wait_for(batch[-1])
            wishes = [
                (session_ids[n % len(session_ids)], one.person_id, str(one.body["ticket"]))
                for n, one in enumerate(batch)
            ]
            counts, wall_s = self._held(wishes)
            seconds += wall_s
            taken += counts[TAKEN]
            admitted += counts[TAKEN] + counts[NONE_LEFT]
            last_rank = int(batch[-1].body["rank"])
            if counts[TAKEN] == 0:
                break
        return {
            "places": places,
            "served": taken,
            "served_up_to_rank": last_rank,
            "admitted_per_s": round(admitted / seconds) if seconds else 0,
        }

    def _held(self, wishes: Sequence[tuple[str, str, str]]) -> tuple[Counter[str], float]:
        """Have some people take a place by their tickets; returns what came of it, and seconds."""
        if not self.over_http:
            outcome = self.crew.do(ADMITTED, wishes)
            return outcome.counts, outcome.wall_s
        asked = [
            Asked(
                person_id=person,
                path=APPOINTMENTS,
                body={"session_id": session, "ticket": ticket},
            )
            for session, person, ticket in wishes
        ]
        told, _, wall_s = self.crowd.ask(asked)
        return Counter(_said(one) for one in told), wall_s

    def _untrue(self, given: Sequence[Told]) -> int:
        """How many were told what the database does not say, or two the same rank."""
        query = text("SELECT id, rank, admits_at FROM queue_tickets WHERE id = ANY(:ids)")
        with self.desk.database.separate() as tx:
            kept = {
                one.id: (one.rank, one.admits_at)
                for one in tx.execute(query, {"ids": [told.body["id"] for told in given]})
            }
        said = {
            one.body["id"]: (one.body["rank"], datetime.fromisoformat(one.body["admits_at"]))
            for one in given
        }
        return sum(kept.get(id_) != what for id_, what in said.items()) + len(given) - len(said)

    def _count(self, query: str, release_id: str) -> int:
        with self.desk.database.separate() as tx:
            return int(tx.scalar(text(query), {"release": release_id}) or 0)


def overtaken(given: Sequence[Told]) -> int:
    """How many asked after somebody else had their answer, and got a lower rank all the same."""
    by_answer = sorted(given, key=lambda one: one.heard)
    highest, n, found = 0, 0, 0
    for one in sorted(given, key=lambda told: told.sent):
        while n < len(by_answer) and by_answer[n].heard < one.sent:
            highest = max(highest, int(by_answer[n].body["rank"]))
            n += 1
        found += int(one.body["rank"]) < highest
    return found


def _said(told: Told) -> str:
    if "code" not in told.body:
        return TAKEN
    code = str(told.body["code"])
    return NONE_LEFT if code == _FULL else code


def _wait_for(last: Told) -> None:
    """Until it is somebody's turn."""
    turn = datetime.fromisoformat(last.body["admits_at"])
    time.sleep(max(0.0, (turn - datetime.now(UTC)).total_seconds()))
