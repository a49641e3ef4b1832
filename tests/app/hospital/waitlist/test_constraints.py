"""What holds whatever the code does, because the database holds it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.hospital.waitlist.states import ENTRY_MOVES, EntryState
from tests.app.hospital.planting import Clinic
from tests.app.hospital.waitlist.steps import waiting
from tests.app.world import World

WHIM = """
INSERT INTO waitlist_skips
SELECT e.id, s.id, 'WHIM', now(), now() FROM waitlist_entries e, clinic_sessions s
"""
BROKEN = [
    ("UPDATE waitlist_entries SET to_day = from_day - 1", "days"),
    ("UPDATE waitlist_entries SET to_day = from_day + 61", "days"),
    ("UPDATE waitlist_entries SET half_days = '{}'", "half_days"),
    ("UPDATE waitlist_entries SET half_days = '{noon}'", "half_days"),
    ("UPDATE waitlist_entries SET most_fee = -1", "most_fee"),
    (WHIM, "reason"),
]


def test_the_database_refuses_what_no_entry_may_be(world: World, clinic: Clinic) -> None:
    waiting(world, clinic, "甲")
    clinic.session()
    for change, constraint in BROKEN:
        with pytest.raises(IntegrityError, match=constraint), world.database.separate() as tx:
            tx.execute(text(change))


def test_the_database_allows_exactly_the_moves_of_the_table(world: World, clinic: Clinic) -> None:
    waiting(world, clinic, "甲")
    for old in EntryState:
        for new in EntryState:
            allowed = old == new or new in ENTRY_MOVES[old]
            assert _moves(world, old, new) == allowed, (old, new)


def _moves(world: World, old: str, new: str) -> bool:
    table, change = "waitlist_entries", text("UPDATE waitlist_entries SET state = :state")
    with world.database.separate() as tx:
        tx.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_state_moves"))
        tx.execute(change, {"state": old})
        tx.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {table}_state_moves"))
    try:
        with world.database.separate() as tx:
            tx.execute(change, {"state": new})
    except IntegrityError:
        return False
    return True
