"""One process among several that read the same feed at the same moment.

Run as `python -m tests.app.lineage.pull_child DATABASE FEED TOKEN PERSON`; begins at a line on
its standard input and prints how many changes it took.
"""

from __future__ import annotations

import sys

from app.core.clock import SystemClock
from app.core.database import Database
from app.exchange.changes.http_feed import HttpFeed
from app.exchange.changes.pulling import ChangePulling
from app.outbox.service.posting import Outbox


class Everybody:
    """Takes everybody for one person."""

    def __init__(self, person: str) -> None:
        self._person = person

    def person_of(self, _citizen_number: str) -> str:
        return self._person


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(url: str, address: str, token: str, person: str) -> None:
    clock, database = SystemClock(), Database(url, pool_size=1)
    pulling = ChangePulling(
        database=database,
        clock=clock,
        outbox=Outbox(database=database, clock=clock),
        sources={"population-person": "population"},
        subjects=Everybody(person),
        forget=lambda *_: 0,
    )
    feed = HttpFeed(base_url=address, token=token, timeout_ms=10_000)
    database.ping()
    say("ready")
    sys.stdin.readline()
    say(pulling.pull("population", feed))
    feed.close()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
