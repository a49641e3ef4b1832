"""One process of a race, as `tests.app.racing.raced` begins it."""

from __future__ import annotations

import sys

from app.core.database import Database


def say(what: object) -> None:
    """Tell whoever began us."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def await_start(database: Database) -> None:
    """Connect, say so, and wait until all others have."""
    database.ping()
    say("ready")
    sys.stdin.readline()
