"""Measures hospital booking on the running system: `make bench-booking`.

Sixteen processes claim places on the database itself, beside them customary ways on the same
tables; then a rush over HTTP: thousands of people ask for a queue ticket and are served in order;
then searches among a city's hospitals, and the FHIR facade of one of them. API, PostgreSQL and
Valkey are all on this machine, with the clients.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import text

from bench.booking import core
from bench.booking.crew import Crew, crew
from bench.booking.crowd import UNVERIFIED, Crowd, crowd
from bench.booking.fhir import checked
from bench.booking.over_http import booked, offers_booking
from bench.booking.places import Hospital, hospital
from bench.booking.planting import HOSPITAL, MERCHANT, Size, plant
from bench.booking.rush import Rush
from bench.booking.search import measure
from bench.booking.ways import FOR_UPDATE, NAIVE, OURS
from bench.card.desk import Desk
from bench.card.town import Town, running_town
from bench.figures import machine
from launch.errors import LaunchRefused

_TARGETS: Final = {
    "claims_per_s": 1_000,
    "http_attempts_per_s": 250,
    "http_p99_ms": 250.0,
    "ticket_p99_ms": 100.0,
    "search_p95_ms": 50.0,
}
_MORE: Final = {
    # All of them have one network address here.
    "RATE_ADDRESS": "10000000 per minute",
}
_NO_HTTP: Final = {"bookings_per_s": None, "p99_ms": None, "http": None}
"""Nothing is claimed of what the system does not offer."""
_QUICK: Final = {
    "attempts": 200,
    "rivals": 64,
    "tickets": 60,
    "places": 20,
    "bookings": 40,
    "processes": 4,
    "clients": 2,
    "doctors": 40,
    "questions": 100,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How much is measured."""

    attempts: int
    processes: int
    rivals: int
    tickets: int
    places: int
    bookings: int
    clients: int
    connections: int
    doctors: int
    questions: int
    workers: int
    seed: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when every target is met, else 1."""
    chosen = _parser().parse_args(arguments)
    preset = _QUICK if chosen.quick else {}
    names = Options.__dataclass_fields__
    options = Options(**{name: preset.get(name, getattr(chosen, name)) for name in names})
    try:
        # The outbox is worked off afterwards: whoever is told of an appointment is measured apart.
        with running_town(workers=options.workers, more=_MORE, dispatching=False) as town:
            told = _measured(town, options)
    except LaunchRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    met = _met(told)
    told |= {"met": met, "ok": all(met.values()), "options": asdict(options), "machine": machine()}
    if chosen.out is not None:
        pretty = json.dumps(told, ensure_ascii=False, indent=1)
        chosen.out.write_text(pretty + "\n", encoding="utf-8")
    _say(told)
    print(json.dumps(told, ensure_ascii=False))
    return 0 if told["ok"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.booking", description=__doc__)
    parser.add_argument("--attempts", type=int, default=100_000, help="at places (%(default)s)")
    parser.add_argument("--processes", type=int, default=16, help="that claim (%(default)s)")
    parser.add_argument("--rivals", type=int, default=3_200, help="attempts of each other way")
    parser.add_argument("--tickets", type=int, default=20_000, help="of the rush (%(default)s)")
    parser.add_argument("--places", type=int, default=500, help="of the rush (%(default)s)")
    parser.add_argument("--bookings", type=int, default=10_000, help="over HTTP (%(default)s)")
    parser.add_argument("--clients", type=int, default=4, help="client processes (%(default)s)")
    parser.add_argument("--connections", type=int, default=4, help="of each (%(default)s)")
    parser.add_argument("--doctors", type=int, default=1_000, help="to search (%(default)s)")
    parser.add_argument("--questions", type=int, default=2_000, help="searches (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="API processes (%(default)s)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="whether it works, not how fast")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures there, too")
    return parser


def _measured(town: Town, options: Options) -> dict[str, Any]:
    with Desk(town.settings) as desk:
        with desk.database.separate() as tx:
            tx.execute(text(UNVERIFIED))
        where = hospital(desk)
        with crew(town.environment, options.processes) as workers:
            told = _claims(desk, workers, where, options)
            with crowd(
                town.environment,
                town.base_url,
                processes=options.clients,
                each=options.connections,
            ) as everybody:
                offered = offers_booking(town.base_url)
                rush = Rush(
                    desk=desk,
                    crew=workers,
                    crowd=everybody,
                    where=where,
                    clients=options.clients * options.connections,
                    over_http=offered,
                )
                told |= _rush(rush, options)
                told |= _http(desk, everybody, where, options) if offered else _NO_HTTP
        found = core.counted(desk)
        told["oversold"], told["double_claims"] = found["oversold"], found["double_claims"]
        told["torn"] = found["torn"]
        return told | _found(desk, town, options)


def _claims(desk: Desk, workers: Crew, where: Hospital, options: Options) -> dict[str, Any]:
    told = core.attempted(desk, workers, where, attempts=options.attempts, seed=options.seed)
    print(f"{told['attempts']} attempts: {told['claims_per_s']} claims/s", flush=True)
    first = options.attempts + 1
    return {
        "attempts": told["attempts"],
        "core": told,
        "ways": core.rivals(desk, workers, where, attempts=options.rivals, first=first),
        "ranking": core.ranking(desk, workers, tickets=options.rivals),
    }


def _rush(rush: Rush, options: Options) -> dict[str, Any]:
    first = options.attempts + 3 * options.rivals + 1
    told = rush.measure(tickets=options.tickets, places=options.places, first=first)
    print(f"{told['tickets']} tickets: p99 {told['ticket_p99_ms']} ms", flush=True)
    return {"rush": told}


def _http(desk: Desk, everybody: Crowd, where: Hospital, options: Options) -> dict[str, Any]:
    first = options.attempts + 3 * options.rivals + options.tickets + 1
    told = booked(desk, everybody, where, attempts=options.bookings, first=first, seed=options.seed)
    return {"bookings_per_s": told["bookings_per_s"], "p99_ms": told["ms"]["p99"], "http": told}


def _found(desk: Desk, town: Town, options: Options) -> dict[str, Any]:
    """The search, among a city's hospitals beside the one above, and the FHIR facade of one."""
    url = town.environment["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        plant(connection, Size(doctors=options.doctors), now=desk.clock.now())
    told = measure(town.base_url, questions=options.questions, seed=options.seed)
    print(f"{options.questions} searches: p95 {told['search_p95_ms']} ms", flush=True)
    return told | checked(desk, town.base_url, merchant_id=MERCHANT, hospital_id=HOSPITAL)


def _met(told: dict[str, Any]) -> dict[str, bool]:
    rush, http, ways = told["rush"], told["http"], told["ways"]
    return {
        "oversold": told["oversold"] == 0 < told["attempts"],
        "double_claims": told["double_claims"] == 0,
        "torn": told["torn"] == 0 == told["core"]["lost"],
        "sold_out": told["core"]["told_taken"] <= told["core"]["places"],
        "claims": told["core"]["claims_per_s"] >= _TARGETS["claims_per_s"],
        "rivals": ways[OURS]["oversold"] == ways[FOR_UPDATE]["oversold"] == 0,
        "naive_oversells": ways[NAIVE]["oversold"] > 0,
        "order": rush["order_violations"] == 0 == rush["untrue"],
        "rush_answered": rush["refused"] == 0,
        "rush_served": rush["served"] == rush["places"],
        "ticket_p99": rush["ticket_p99_ms"] <= _TARGETS["ticket_p99_ms"],
        "search_p95": told["search_p95_ms"] <= _TARGETS["search_p95_ms"],
        "fhir": len(set(told["fhir_ok"].split("/"))) == 1,
        **({} if http is None else _met_over_http(http)),
    }


def _met_over_http(http: dict[str, Any]) -> dict[str, bool]:
    return {
        "http_attempts": http["attempts_per_s"] >= _TARGETS["http_attempts_per_s"],
        "http_p99": http["ms"]["p99"] <= _TARGETS["http_p99_ms"],
    }


def _say(told: dict[str, Any]) -> None:
    print(f"oversold {told['oversold']}, double claims {told['double_claims']}")
    for name, one in {**told["ways"], **told["ranking"]}.items():
        print(
            f"{name:22} {one['per_s']:6}/s   p99 {one['p99_ms']:8} ms   {one.get('oversold', '')}"
        )
    print("not met: " + (", ".join(n for n, ok in told["met"].items() if not ok) or "nothing"))


if __name__ == "__main__":
    sys.exit(main())
