"""Places booked over HTTP, by everybody at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from random import Random
from typing import Any, Final

import urllib3

from bench.booking.crowd import APPOINTMENTS, Asked, Crowd
from bench.booking.places import UNITS, Hospital, people, sessions
from bench.card.desk import Desk
from bench.figures import Figures

_FEWEST: Final = 4
_CREATED: Final = 201
_TIMEOUT: Final = urllib3.Timeout(connect=3.0, read=30.0)


def offers_booking(base_url: str) -> bool:
    """Whether the running system takes appointments over HTTP."""
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as pool:
        found = pool.request("GET", f"{base_url}/openapi.json").json()
    return APPOINTMENTS in found["paths"]


def booked(
    desk: Desk, crowd: Crowd, where: Hospital, *, attempts: int, first: int, seed: int
) -> dict[str, Any]:
    """Let so many people ask for one place each, of half as many; returns figures.

    Args:
        desk: the services.
        crowd: the client processes.
        where: the hospital.
        attempts: people.
        first: number of the first person.
        seed: of what they wish.
    """
    rng, now = Random(seed), desk.clock.now()  # noqa: S311 - a benchmark's wishes
    units = min(UNITS, max(1, attempts // (2 * _FEWEST)))
    with desk.database.separate() as tx:
        persons = people(tx, attempts, first=first, now=now)
        count = max(_FEWEST, attempts // 2 // units)
        ids = sessions(tx, where, count=count, units=units, tag="h", now=now)
    crowd.sign_in(persons)
    told, ms, wall_s = crowd.ask(
        [
            Asked(person_id=one, path=APPOINTMENTS, body={"session_id": rng.choice(ids)})
            for one in persons
        ]
    )
    refused = Counter(str(one.body.get("code")) for one in told if one.status != _CREATED)
    times = [(one.heard - one.sent) * 1000 for one in told]
    return {
        "attempts": len(told),
        "booked": len(told) - sum(refused.values()),
        "refused": dict(refused),
        "attempts_per_s": round(len(told) / wall_s),
        "bookings_per_s": round((len(told) - sum(refused.values())) / wall_s),
        "ms": asdict(Figures.of(times)),
        "booked_ms": asdict(Figures.of(ms)) if ms else None,
    }
