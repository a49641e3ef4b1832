"""The core: very many attempts at places by many processes, judged by what is in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from random import Random
from typing import Any, Final

from sqlalchemy import text

from bench.booking.crew import Crew, Outcome
from bench.booking.places import UNITS, Hospital, people, sessions
from bench.booking.ways import MAKE, NAIVE, OURS, RANKING, TAKEN, TAKING
from bench.card.desk import Desk
from bench.figures import Figures

_RIVAL_SESSIONS: Final = 2
_COUNTED: Final = {
    # Attempts that were told they have a place, against places there are.
    "oversold": "SELECT coalesce(sum(greatest(0, sold - size)), 0) FROM ("
    "SELECT p.size, (SELECT count(*) FROM appointments a WHERE a.session_id = p.session_id) "
    "AS sold FROM unit_pools p) AS t",
    "double_claims": "SELECT count(*) FROM (SELECT FROM appointments GROUP BY unit_id "
    "HAVING count(*) > 1) AS t",
    "torn": "SELECT count(*) FROM slot_units u LEFT JOIN appointments a ON a.unit_id = u.id "
    "WHERE (a.id IS NULL) <> (u.state = 'FREE')",
}


def attempted(desk: Desk, crew: Crew, where: Hospital, *, attempts: int, seed: int) -> Any:  # noqa: ANN401 - figures
    """Let all processes try to take half as many places as there are attempts."""
    rng, now = Random(seed), desk.clock.now()  # noqa: S311 - a benchmark's wishes
    count = max(1, attempts // 2 // UNITS)
    units = min(UNITS, max(1, attempts // 2))
    with desk.database.separate() as tx:
        persons = people(tx, attempts, first=1, now=now)
        ids = sessions(tx, where, count=count, units=units, tag="c", now=now)
        # Not what is empty: a plan made of that knowledge reads tables whole long after.
        tx.execute(text("ANALYZE persons, clinic_sessions, unit_pools, slot_units"))
    outcome = crew.do(OURS, [(rng.choice(ids), person) for person in persons])
    return {
        "attempts": attempts,
        "places": count * units,
        "told_taken": outcome.counts[TAKEN],
        "attempts_per_s": round(outcome.per_s),
        "claims_per_s": round(outcome.counts[TAKEN] / outcome.wall_s),
        "ms": asdict(Figures.of(outcome.ms)),
        **counted(desk),
        "lost": outcome.counts[TAKEN] - _count(desk, "SELECT count(*) FROM appointments"),
    }


def counted(desk: Desk) -> dict[str, int]:
    """What the database says went wrong, of all that was booked."""
    return {name: _count(desk, query) for name, query in _COUNTED.items()}


def rivals(desk: Desk, crew: Crew, where: Hospital, *, attempts: int, first: int) -> Any:  # noqa: ANN401 - figures
    """The same attempts at few sessions by each way; fewer places than attempts."""
    _make(desk)
    told: dict[str, Any] = {}
    for n, way in enumerate(TAKING):
        now = desk.clock.now()
        units = min(UNITS, max(1, attempts // (2 * _RIVAL_SESSIONS)))
        with desk.database.separate() as tx:
            persons = people(tx, attempts, first=first + n * attempts, now=now)
            ids = sessions(
                tx, where, count=_RIVAL_SESSIONS, units=units, tag=chr(ord("u") + n), now=now
            )
            tx.execute(
                text(
                    "INSERT INTO bench_pools SELECT * FROM unit_pools WHERE session_id = ANY(:ids)"
                ),
                {"ids": list(ids)},
            )
        subjects = [(ids[k % len(ids)], person) for k, person in enumerate(persons)]
        outcome = crew.do(way, subjects)
        told[way] = {**_speed(outcome), "oversold": _oversold(desk, way, ids, units, outcome)}
    return told


def ranking(desk: Desk, crew: Crew, *, tickets: int) -> Any:  # noqa: ANN401 - figures
    """Ranks by a row, a sequence, and a counter in Valkey; each with a durable ticket."""
    told: dict[str, Any] = {}
    for way in RANKING:
        with desk.database.separate() as tx:
            tx.execute(text("TRUNCATE bench_tickets"))
            tx.execute(text("UPDATE bench_tails SET tickets = 0"))
        told[way] = _speed(crew.do(way, range(tickets)))
    return told


def _speed(outcome: Outcome) -> dict[str, Any]:
    figures = Figures.of(outcome.ms)
    return {
        "per_s": round(outcome.per_s),
        "taken_per_s": round(outcome.counts[TAKEN] / outcome.wall_s),
        "median_ms": figures.median,
        "p99_ms": figures.p99,
    }


def _oversold(desk: Desk, way: str, ids: Sequence[str], units: int, outcome: Outcome) -> int:
    if way != NAIVE:
        return max(0, outcome.counts[TAKEN] - units * len(ids))
    return sum(
        max(0, _count(desk, f"SELECT count(*) FROM bench_sold WHERE session_id = '{one}'") - units)  # noqa: S608 - our own id
        for one in ids
    )


def _make(desk: Desk) -> None:
    with desk.database.separate() as tx:
        for statement in MAKE:
            tx.execute(text(statement))


def _count(desk: Desk, query: str) -> int:
    with desk.database.separate() as tx:
        return int(tx.scalar(text(query)) or 0)
