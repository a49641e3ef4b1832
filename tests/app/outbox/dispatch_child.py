"""One dispatcher among several, in a process of its own; it may be killed in the middle.

Run as `python -m tests.app.outbox.dispatch_child URL DIES_AT`: begins at a line on its standard
input, prints how many messages it tried. DIES_AT: the how-manieth message kills it; 0: none.
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import text

from app.core.clock import SystemClock
from app.core.database import Database
from app.outbox.ports import Message, Postponed, Topic
from app.outbox.service.dispatching import Dispatcher

TOPIC = "raced"
ROUNDS = 400


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


class Handler:
    """Does a thing inside the database, which counts once, and one outside, which may repeat.

    Outside means here: by another connection that commits at once, as a receiver's would. While
    it is at work on a message it holds a lock that nobody else can have.
    """

    def __init__(self, inside: Database, outside: Database, dies_at: int) -> None:
        self._inside, self._outside, self._dies_at = inside, outside, dies_at
        self._handled = 0

    def __call__(self, message: Message, /) -> Postponed | None:
        self._handled += 1
        with self._outside.separate() as alone:
            free = alone.scalar(
                text("SELECT pg_try_advisory_xact_lock(hashtextextended(:id, 7))"),
                {"id": message.id},
            )
            self._note("raced_outside", message, alone=bool(free))
            if self._handled == self._dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
            with self._inside.transaction() as tx:
                tx.execute(
                    text("INSERT INTO raced_inside (message, key, n) VALUES (:id, :key, :n)"),
                    {"id": message.id, "key": message.key, "n": message.payload["n"]},
                )
        return None

    def _note(self, table: str, message: Message, *, alone: bool) -> None:
        with self._outside.separate() as tx:
            tx.execute(
                text(f"INSERT INTO {table} (message, alone) VALUES (:id, :alone)"),  # noqa: S608
                {"id": message.id, "alone": alone},
            )


def main(url: str, dies_at: str) -> None:
    inside, outside = Database(url, pool_size=1), Database(url, pool_size=2)
    dispatcher = Dispatcher(
        database=inside,
        clock=SystemClock(),
        topics={TOPIC: Topic(handler=Handler(inside, outside, int(dies_at)))},
        randbelow=lambda _: 0,
    )
    inside.ping()
    outside.ping()
    say("ready")
    sys.stdin.readline()
    # An empty look may only mean that the other one holds what is due.
    say(sum(dispatcher.run(most=5) for _ in range(ROUNDS)))
    inside.close()
    outside.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
