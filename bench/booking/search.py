"""How long finding a session takes: 1,000 doctors × 14 days, 840,000 places, over HTTP.

`python -m bench.booking.search` starts a system of its own, plants the data and asks. The last line
is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import psycopg
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.util import parse_url

from bench.booking.planting import DEPARTMENTS, FAMILY, GIVEN, Size, plant
from bench.card.town import running_town
from bench.figures import Figures, machine

_TARGET_MS: Final = 50.0
_OK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one question took."""

    kind: str
    ms: float
    items: int


def measure(
    base_url: str, *, questions: int = 2000, clients: int = 2, seed: int = 7
) -> dict[str, Any]:
    """Ask as people do, one question after the other from each client, and tell the figures.

    Args:
        base_url: of a system with planted data.
        questions: all in all, after a tenth of them that nobody counts.
        clients: at once.
        seed: of the questions.

    Returns:
        `search_p95_ms`, and `search` with the figures of each kind of question.
    """
    share = questions // clients
    with ThreadPoolExecutor(clients) as pool:
        seeds = [seed + n for n in range(clients)]
        told = [
            one for many in pool.map(lambda n: _client(base_url, n, share), seeds) for one in many
        ]
    kinds = sorted({one.kind for one in told})
    by_kind = {kind: Figures.of([one.ms for one in told if one.kind == kind]) for kind in kinds}
    found = {kind: sum(one.items for one in told if one.kind == kind) for kind in kinds}
    return {
        "search_p95_ms": Figures.of([one.ms for one in told]).p95,
        "search": {
            kind: {"p95_ms": by_kind[kind].p95, "p99_ms": by_kind[kind].p99, "found": found[kind]}
            for kind in kinds
        },
    }


def _client(base_url: str, seed: int, questions: int) -> list[Asked]:
    rng, address = random.Random(seed), parse_url(base_url)  # noqa: S311 - no secrets here
    with HTTPConnectionPool(address.host or "", address.port, maxsize=1) as pool:
        warm = questions // 10
        told = [_ask(pool, rng) for _ in range(questions + warm)]
    return told[warm:]


def _ask(pool: HTTPConnectionPool, rng: random.Random) -> Asked:
    kind = rng.choice(list(_QUESTIONS))
    path = _QUESTIONS[kind](rng)
    started = time.perf_counter()
    answer = pool.request("GET", path)
    ms = (time.perf_counter() - started) * 1000
    return Asked(kind=kind, ms=ms, items=_items(answer, path))


def _items(answer: HTTPResponse | Any, path: str) -> int:  # noqa: ANN401 - urllib3's own base class
    if answer.status != _OK:
        message = f"{path}: {answer.status}"
        raise RuntimeError(message)
    return len(answer.json()["items"])


def _sessions(**query: object) -> str:
    return "/v1/clinic-sessions?" + urlencode(query)


def _day(rng: random.Random) -> str:
    return (datetime.now(UTC) + timedelta(days=rng.randrange(1, 13))).date().isoformat()


def _near(rng: random.Random) -> str:
    return f"{30 + rng.random():.5f},{120 + rng.random():.5f}"


_QUESTIONS: Final[dict[str, Callable[[random.Random], str]]] = {
    "anything": lambda _: _sessions(),
    "doctor by name": lambda rng: _sessions(q=rng.choice(FAMILY)[0] + rng.choice(GIVEN)[0]),
    "initials": lambda rng: _sessions(q=rng.choice(FAMILY)[1] + rng.choice(GIVEN)[1]),
    "department by name": lambda rng: _sessions(q=rng.choice(DEPARTMENTS)[0]),
    "department of a hospital": lambda rng: _sessions(
        q=f"第{rng.randrange(1, 11)}人民 {rng.choice(DEPARTMENTS)[0]}", day_from=_day(rng)
    ),
    "day, half and class": lambda rng: _sessions(
        day_from=(day := _day(rng)), day_to=day, half_day="afternoon", fee_class="expert"
    ),
    "nearest": lambda rng: _sessions(near=_near(rng)),
    "near on a day": lambda rng: _sessions(
        near=_near(rng), within=20_000, day_from=_day(rng), q=rng.choice(DEPARTMENTS)[0]
    ),
    "nobody": lambda _: _sessions(q="查无此人"),
    "doctors": lambda rng: "/v1/practitioners?" + urlencode({"q": rng.choice(FAMILY)[0]}),
    "hospitals": lambda rng: "/v1/hospitals?" + urlencode({"near": _near(rng)}),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when the target is met, else 1."""
    parser = argparse.ArgumentParser(prog="python -m bench.booking.search", description=__doc__)
    parser.add_argument("--doctors", type=int, default=1000, help="(%(default)s)")
    parser.add_argument("--questions", type=int, default=2000, help="(%(default)s)")
    parser.add_argument("--clients", type=int, default=2, help="at once (%(default)s)")
    chosen = parser.parse_args(arguments)
    with running_town() as town:
        url = town.environment["DATABASE_URL"].replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            places = plant(connection, Size(doctors=chosen.doctors), now=datetime.now(UTC))
        told = measure(town.base_url, questions=chosen.questions, clients=chosen.clients)
    for kind, figures in told["search"].items():
        print(f"{kind:28} p95 {figures['p95_ms']:7.1f} ms   p99 {figures['p99_ms']:7.1f} ms")
    ok = told["search_p95_ms"] <= _TARGET_MS
    print(json.dumps({**told, "places": places, "ok": ok, "machine": machine()}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
