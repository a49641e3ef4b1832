"""Places that become free many at a time, and entries whose time is over."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from app.hospital.states import SessionState
from app.wiring.hospital.waitlist import build_waitlist_watcher
from tests.app.family.steps import later, notices
from tests.app.hospital.planting import Clinic
from tests.app.hospital.waitlist.steps import (
    booked,
    called_off,
    free_places,
    full,
    given_up,
    seen,
    status,
    swept,
    waiting,
)
from tests.app.world import World


def test_a_session_that_is_added_goes_to_who_waits_before_it_opens(
    world: World, clinic: Clinic
) -> None:
    full(world, clinic)
    people = [waiting(world, clinic, name) for name in ("甲", "乙")]
    added = clinic.session(
        hour=10,
        units=3,
        practitioner_id=clinic.practitioner(),
        opens_at=world.clock.now() + timedelta(hours=1),
    )
    assert swept(world) == 2
    assert [status(who, entry) for who, entry in people] == ["OFFERED", "OFFERED"]
    assert free_places(world, added) == 1


def test_places_that_a_channel_gives_back_go_to_who_waits(world: World, clinic: Clinic) -> None:
    full(world, clinic)
    who, entry = waiting(world, clinic, "甲")
    _given_back(world, clinic.session(units=1, hour=11, channel="window"))
    assert swept(world) == 1
    assert status(who, entry) == "OFFERED"


def _given_back(world: World, source: str) -> None:
    """The session's pool becomes the public's, as a give-back leaves it."""
    change = text("UPDATE unit_pools SET channel = 'app' WHERE session_id = :s")
    with world.database.separate() as tx:
        tx.execute(change, {"s": source})


def test_entering_is_no_way_around_the_opening_of_a_session(world: World, clinic: Clinic) -> None:
    opens = world.clock.now() + timedelta(minutes=5)
    session = clinic.session(opens_at=opens)
    who, entry = waiting(world, clinic, "甲")
    assert swept(world) == 0
    world.clock.advance(minutes=5)
    assert swept(world) == 0
    assert (status(who, entry), free_places(world, session)) == ("WAITING", 3)


def test_a_place_that_is_freed_before_the_opening_waits_for_it_too(
    world: World, clinic: Clinic
) -> None:
    session = clinic.session(units=1, opens_at=world.clock.now() + timedelta(minutes=5))
    who, entry = waiting(world, clinic, "甲")
    given_up(world, booked(world, session, source="hospital"))
    assert (status(who, entry), free_places(world, session)) == ("WAITING", 1)


def test_a_session_that_is_called_off_is_let_go_of_at_once(world: World, clinic: Clinic) -> None:
    session, (appointment,) = full(world, clinic)
    first, one = waiting(world, clinic, "甲")
    second, two = waiting(world, clinic, "乙", session_id=session)
    given_up(world, appointment)
    called_off(world, seen(first, one)["places"][0]["appointment_id"])
    with world.database.direct() as tx:
        build_waitlist_watcher().session_stopped(tx, session, world.clock.now())
    assert (status(first, one), status(second, two)) == ("WAITING", "CLOSED")


def test_entries_end_with_their_days_and_people_are_told(world: World, clinic: Clinic) -> None:
    who, entry = waiting(world, clinic, "甲")
    world.clock.advance(days=7)
    assert swept(world) == 0
    later(world, who, days=1)
    assert swept(world) == 1
    assert status(who, entry) == "CLOSED"
    assert notices(world, who) == ["waitlist.closed"]


def test_entries_end_with_the_session_they_wait_for(world: World, clinic: Clinic) -> None:
    session, _ = full(world, clinic)
    who, entry = waiting(world, clinic, "甲", session_id=session)
    change = text("UPDATE clinic_sessions SET state = :state WHERE id = :s")
    with world.database.separate() as tx:
        tx.execute(change, {"s": session, "state": SessionState.CLOSED})
    assert swept(world) == 1
    assert status(who, entry) == "CLOSED"


def test_a_sweep_with_nothing_to_do_does_nothing(world: World, clinic: Clinic) -> None:
    full(world, clinic)
    waiting(world, clinic, "甲")
    assert swept(world) == 0
