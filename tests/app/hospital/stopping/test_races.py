"""Stops among claims and cancellations, in real processes on a real database."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.states import AppointmentState
from app.hospital.stop_reasons import StopReason
from app.hospital.stopping.service.stopping import ClinicStopping, Order
from app.wiring.hospital.stopping import build_stopping
from tests.app.hospital.people import patient
from tests.app.hospital.planting import Clinic
from tests.app.hospital.stopping.steps import LIVE, appointments, booked, units
from tests.app.racing import raced
from tests.app.world import World

CHILD = "tests.app.hospital.stopping.race_child"


def race(world: World, acts: list[tuple[str, str, str]]) -> Counter[str]:
    """Count outcomes of (act, session, id) at the same moment."""
    url = world.settings.database_url.get_secret_value()
    outcomes = raced(CHILD, [(url, *one) for one in acts])
    return Counter(f"{one[0]} {said}" for one, said in zip(acts, outcomes, strict=True))


def outcomes(world: World) -> list[tuple[str, str]]:
    query = text("SELECT appointment_id, outcome FROM stop_outcomes")
    with world.database.separate() as tx:
        return [(one.appointment_id, one.outcome) for one in tx.execute(query)]


def test_no_claim_slips_into_a_session_that_is_called_off(world: World, clinic: Clinic) -> None:
    session = clinic.session(units=12)
    for _ in range(4):
        booked(world, session)
    claims = [("claim", session, patient(world)) for _ in range(16)]
    said = race(world, [*claims[:8], ("stop", session, clinic.hospital_id), *claims[8:]])
    assert said["stop done"] == 1
    assert said["claim done"] + said["claim none"] == 16
    states = appointments(world)
    assert len(states) == 4 + said["claim done"]
    assert set(states.values()) == {"CANCELLED_HOSPITAL"}
    assert units(world, session) == ["BLOCKED"] * 12
    assert sorted(outcomes(world)) == sorted((one, "cancelled") for one in states)


def test_a_claim_that_was_there_first_is_waited_for_and_dealt_with(
    world: World, clinic: Clinic
) -> None:
    session, person = clinic.session(units=2), patient(world)
    order = Order(
        hospital_id=clinic.hospital_id,
        terminal_id="ter",
        reason=StopReason.OTHER,
        session_ids=[session],
    )
    stopping = build_stopping(world.shared)[ClinicStopping]
    assert isinstance(stopping, ClinicStopping)
    with ThreadPoolExecutor() as threads:
        with world.database.direct() as tx:
            wanted = Wanted(
                person_id=person, session_id=session, state=AppointmentState.BOOKED, deadline=None
            )
            assert claim(tx, wanted, world.clock.now()) is not None
            under_way = threads.submit(stopping.stop, order, session)
            wait_for_a_lock(world)
            assert not under_way.done()
        assert under_way.result().cancelled == 1
    assert set(appointments(world).values()) == {"CANCELLED_HOSPITAL"}


def wait_for_a_lock(world: World) -> None:
    """Until somebody stands before a row that another has."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    for _ in range(2_000):
        with world.database.separate() as tx:
            if tx.scalar(text(query)):
                return
    pytest.fail("nobody waits")


def test_of_two_stops_at_once_one_is_made(world: World, clinic: Clinic) -> None:
    session, _ = clinic.session(units=4), clinic.session(units=2, days=4)
    for _ in range(4):
        booked(world, session, consent="same_doctor")
    said = race(world, [("stop", session, clinic.hospital_id)] * 4)
    assert said == {"stop done": 4}
    assert Counter(kind for _, kind in outcomes(world)) == {"replanned": 2, "cancelled": 2}


def test_who_cancels_while_the_session_is_called_off_has_one_end(
    world: World, clinic: Clinic
) -> None:
    session = clinic.session(units=6)
    ids = [booked(world, session) for _ in range(6)]
    said = race(
        world,
        [*(("cancel", session, one) for one in ids), ("stop", session, clinic.hospital_id)],
    )
    states = Counter(appointments(world).values())
    assert states["CANCELLED_PATIENT"] == said["cancel done"]
    assert states["CANCELLED_HOSPITAL"] == len(outcomes(world)) == said["cancel none"]
    assert units(world, session) == ["BLOCKED"] * 6


def test_places_given_instead_are_nobody_elses(world: World, clinic: Clinic) -> None:
    session, other = clinic.session(units=6), clinic.session(units=6, days=4)
    for _ in range(6):
        booked(world, session, consent="same_doctor")
    claims = [("claim", other, patient(world)) for _ in range(10)]
    said = race(world, [*claims[:5], ("stop", session, clinic.hospital_id), *claims[5:]])
    moved = Counter(kind for _, kind in outcomes(world))
    # A claimer may pass over a place that the stop tries and leaves again; never the other way.
    assert said["claim done"] + moved["replanned"] <= 6
    assert moved["replanned"] + moved["cancelled"] == 6
    query = text(
        "SELECT count(*), count(DISTINCT unit_id) FROM appointments "
        "WHERE session_id = :session AND state = ANY(:live)"
    )
    with world.database.separate() as tx:
        live, places = tx.execute(query, {"session": other, "live": list(LIVE)}).one()
    assert live == places == said["claim done"] + moved["replanned"]
