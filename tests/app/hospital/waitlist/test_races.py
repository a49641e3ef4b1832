"""Real processes that free, answer and end something at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

import pytest
from sqlalchemy import text

from tests.app.hospital.planting import Clinic
from tests.app.hospital.waitlist.steps import free_places, full, given_up, status, waiting
from tests.app.racing import raced
from tests.app.world import World

CHILD = "tests.app.hospital.waitlist.race_child"
Act = tuple[str, str, str, float]
"""What, on which id, by which person, with a clock ahead by so many seconds."""


def race(world: World, acts: Sequence[Act]) -> list[str]:
    url = world.settings.database_url.get_secret_value()
    told = [(url, act, about, person, str(seconds)) for act, about, person, seconds in acts]
    outcomes = raced(CHILD, told)
    return [f"{act[0]} {outcome}" for act, outcome in zip(acts, outcomes, strict=True)]


def live(world: World, session: str) -> Counter[str]:
    """The live appointments of a session, by the number of their place."""
    query = text(
        "SELECT u.number, a.person_id FROM appointments a JOIN slot_units u ON u.id = a.unit_id"
        " WHERE a.session_id = :s AND a.state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED')"
    )
    with world.database.separate() as tx:
        return Counter(str(row[0]) for row in tx.execute(query, {"s": session}))


def test_two_places_that_are_freed_at_once_go_to_the_first_two(
    world: World, clinic: Clinic
) -> None:
    session, appointments = full(world, clinic, units=3)
    people = [waiting(world, clinic, name) for name in ("甲", "乙", "丙")]
    outcomes = race(world, [("cancel", one, "-", 10.0) for one in appointments[:2]])
    assert outcomes == ["cancel done"] * 2
    assert [status(who, entry) for who, entry in people] == ["OFFERED", "OFFERED", "WAITING"]
    assert live(world, session) == {"1": 1, "2": 1, "3": 1}


@pytest.mark.parametrize("first_ends", ["well", "undone"])
def test_who_is_about_to_get_a_place_is_waited_for(
    world: World, clinic: Clinic, first_ends: str
) -> None:
    _, appointments = full(world, clinic, units=2)
    (first, one), (second, two) = (waiting(world, clinic, name) for name in ("甲", "乙"))
    other = threading.Thread(target=lambda: given_up(world, appointments[1]))
    with suppress(ZeroDivisionError), world.database.direct():
        given_up(world, appointments[0])
        other.start()
        wait_for_a_waiter(world)
        if first_ends == "undone":
            raise ZeroDivisionError
    other.join(10)
    expected = "OFFERED" if first_ends == "well" else "WAITING"
    assert (status(first, one), status(second, two)) == ("OFFERED", expected)


def wait_for_a_waiter(world: World) -> None:
    """Until the database says that somebody waits for a lock."""
    waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(1_000):
        with world.database.separate() as tx:
            if tx.scalar(waits):
                return
            tx.execute(text("SELECT pg_sleep(0.002)"))
    pytest.fail("nobody waited")


def test_more_places_than_people_wait_leave_the_rest_to_the_public(
    world: World, clinic: Clinic
) -> None:
    session, appointments = full(world, clinic, units=3)
    people = [waiting(world, clinic, name) for name in ("甲", "乙")]
    outcomes = race(world, [("cancel", one, "-", 10.0) for one in appointments])
    assert outcomes == ["cancel done"] * 3
    assert [status(who, entry) for who, entry in people] == ["OFFERED", "OFFERED"]
    assert free_places(world, session) == 1


@pytest.mark.parametrize("act", ["lapse", "decline"])
def test_an_offer_is_taken_or_ends_never_both(world: World, clinic: Clinic, act: str) -> None:
    session, (appointment,) = full(world, clinic)
    first, one = waiting(world, clinic, "甲")
    second, two = waiting(world, clinic, "乙")
    given_up(world, appointment)
    me = first.person_id(world)
    # Clocks differ: it is just in time for one, and just too late for the other.
    ahead = 1801.0 if act == "lapse" else 10.0
    outcomes = race(world, [("accept", one, me, 10.0), (act, one, me, ahead)])
    mine, ended = {"BOOKED": "accept", "LAPSED": "lapse", "DECLINED": "decline"}, status(first, one)
    assert f"{mine[ended]} done" in outcomes
    others = {one.split()[0] for one in outcomes if one.endswith("done")}
    assert others == {mine[ended]}
    assert status(second, two) == ("WAITING" if ended == "BOOKED" else "OFFERED")
    assert live(world, session) == {"1": 1}


def test_nobody_has_more_entries_by_making_them_at_once(world: World, clinic: Clinic) -> None:
    who, _ = waiting(world, clinic, "甲")
    where = f"{clinic.hospital_id}/{clinic.department_id}"
    outcomes = Counter(race(world, [("enter", where, who.person_id(world), 10.0)] * 4))
    assert outcomes == {"enter done": 2, "enter WAITLIST_TOO_MANY": 2}
