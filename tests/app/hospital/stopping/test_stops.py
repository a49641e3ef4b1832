"""A session is called off in one call, and every patient is told one thing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.ids import new_id
from app.hospital.rush.models import Release, ReleaseSession
from app.hospital.rush.states import ReleaseMode
from app.hospital.states import AppointmentState, SessionState
from tests.app.device import Device
from tests.app.family.steps import done, relative
from tests.app.hospital.people import patient
from tests.app.hospital.planting import Clinic, plant
from tests.app.hospital.steps import booked as wish
from tests.app.hospital.steps import cancel, read, until_day_of
from tests.app.hospital.stopping.conftest import FakeFees, FakeWatcher
from tests.app.hospital.stopping.steps import (
    STOPS,
    appointments,
    booked,
    row,
    stopped,
    units,
)
from tests.app.world import World

SAME_DOCTOR, SAME_DEPARTMENT = "same_doctor", "same_department"


def test_every_live_appointment_ends_and_nothing_stays_free(
    world: World, clinic: Clinic, his: Device, fees: FakeFees, watcher: FakeWatcher
) -> None:
    session = clinic.session(units=6)
    ids = {
        state: booked(world, session, state=state)
        for state in (
            AppointmentState.BOOKED,
            AppointmentState.PENDING_PAYMENT,
            AppointmentState.OFFERED,
            AppointmentState.ARRIVED,
        )
    }
    (told,) = stopped(his, session_ids=[session])
    assert (told["status"], told["cancelled"], told["released"], told["refund"]) == (
        *("STOPPED", 2, 2, 10_000),
    )
    assert set(appointments(world).values()) == {"CANCELLED_HOSPITAL"}
    assert units(world, session) == ["BLOCKED"] * 6
    assert fees.refunded == list(ids.values())
    assert watcher.told == [session]


def test_who_was_served_stays_served(world: World, clinic: Clinic, his: Device) -> None:
    session = clinic.session(units=2)
    served = booked(world, session, state=AppointmentState.ARRIVED)
    with world.database.separate() as tx:
        tx.execute(text("UPDATE appointments SET state = 'FULFILLED'"))
        tx.execute(text("UPDATE slot_units SET state = 'SERVED' WHERE number = 1"))
    (told,) = stopped(his, session_ids=[session])
    assert (told["cancelled"], appointments(world)[served]) == (0, "FULFILLED")
    assert units(world, session) == ["SERVED", "BLOCKED"]


def test_a_repeat_tells_the_same_and_does_nothing(
    world: World, clinic: Clinic, his: Device, fees: FakeFees
) -> None:
    session = clinic.session()
    booked(world, session)
    first = his.post(STOPS, {"session_ids": [session], "reason": "emergency"})
    world.clock.advance(minutes=5)
    again = his.post(STOPS, {"session_ids": [session], "reason": "other"})
    assert again.json == first.json
    assert len(fees.refunded) == 1


def test_the_hospitals_own_ids_will_do(clinic: Clinic, his: Device) -> None:
    session = clinic.session(external_id="SCH-7")
    (told,) = stopped(his, session_ids=["SCH-7", session])
    assert (told["session_id"], told["external_id"]) == (session, "SCH-7")


def test_a_doctor_is_away_for_some_days(world: World, clinic: Clinic, his: Device) -> None:
    first, second = clinic.session(days=3), clinic.session(days=4)
    other = clinic.session(days=3, practitioner_id=clinic.practitioner(), hour=14)
    later = clinic.session(days=5)
    days = [str(row(world, "clinic_sessions", one)["day"]) for one in (first, second)]
    told = stopped(his, doctor=clinic.practitioner_id, days=days)
    assert [one["session_id"] for one in told] == [first, second]
    for session in (other, later):
        assert row(world, "clinic_sessions", session)["state"] == "PUBLISHED"


def test_a_session_that_is_over_is_told_so(clinic: Clinic, his: Device) -> None:
    session = clinic.session(state=SessionState.CLOSED)
    (told,) = stopped(his, session_ids=[session])
    assert (told["status"], "stop_id" in told) == ("CLOSED", False)


def test_a_planned_session_can_be_called_off(world: World, clinic: Clinic, his: Device) -> None:
    session = clinic.session(state=SessionState.DRAFT)
    (told,) = stopped(his, session_ids=[session])
    assert told["status"] == "STOPPED"
    assert units(world, session) == ["BLOCKED"] * 3


@pytest.mark.parametrize(
    ("consent", "colleague", "moved"),
    [
        ("none", False, False),
        (SAME_DOCTOR, False, True),
        (SAME_DOCTOR, True, False),
        (SAME_DEPARTMENT, True, True),
    ],
)
def test_a_patient_is_put_elsewhere_as_far_as_they_agreed(
    world: World,
    clinic: Clinic,
    his: Device,
    fees: FakeFees,
    *,
    consent: str,
    colleague: bool,
    moved: bool,
) -> None:
    session = clinic.session(units=1)
    doctor = clinic.practitioner() if colleague else clinic.practitioner_id
    other = clinic.session(hour=14, units=1, practitioner_id=doctor, half_day="afternoon")
    old = booked(world, session, consent=consent)
    (told,) = stopped(his, session_ids=[session])
    assert (told["replanned"], told["cancelled"]) == ((1, 0) if moved else (0, 1))
    assert units(world, other) == ["BOOKED" if moved else "FREE"]
    assert appointments(world)[old] == ("RESCHEDULED" if moved else "CANCELLED_HOSPITAL")
    assert (len(fees.carried), len(fees.refunded)) == ((1, 0) if moved else (0, 1))


def test_the_new_appointment_is_the_old_ones_in_everything(
    world: World, clinic: Clinic, his: Device, fees: FakeFees
) -> None:
    session, other = clinic.session(), clinic.session(days=4)
    old = booked(world, session, consent=SAME_DOCTOR)
    stopped(his, session_ids=[session])
    ((carried, new),) = fees.carried
    before, after = row(world, "appointments", old), row(world, "appointments", new)
    assert (carried, after["replaces"], after["session_id"]) == (old, old, other)
    kept = ("person_id", "agent_id", "mandate_id", "fee", "consent")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert (after["state"], after["source"]) == ("BOOKED", "hospital")


@pytest.mark.parametrize(
    "worse",
    [
        {"fee": 5_001},
        {"fee": 4_999},
        {"fee_class": "special"},
        {"days": 7},
        {"days": 4, "state": SessionState.DRAFT},
        {"days": 4, "channel": "window"},
    ],
)
def test_nobody_is_put_where_they_are_worse_off(
    world: World, clinic: Clinic, his: Device, worse: dict[str, Any]
) -> None:
    session = clinic.session()
    clinic.session(**{"hour": 14, **worse})
    booked(world, session, consent=SAME_DEPARTMENT)
    (told,) = stopped(his, session_ids=[session])
    assert (told["replanned"], told["cancelled"]) == (0, 1)


def test_nobody_is_put_where_it_is_too_soon_or_not_open(
    world: World, clinic: Clinic, his: Device
) -> None:
    now = world.clock.now()
    session, soon = clinic.session(), clinic.session(days=2)
    clinic.session(days=4, opens_at=now + timedelta(days=4))
    booked(world, session, consent=SAME_DEPARTMENT)
    begins = row(world, "clinic_sessions", soon)["starts_at"]
    world.clock.advance(seconds=(begins - now).total_seconds() - 2 * 3600 + 1)
    (told,) = stopped(world.log_in_again(his), session_ids=[session])
    assert (told["replanned"], told["cancelled"]) == (0, 1)


def test_nobody_is_put_on_a_day_they_have_a_clash(
    world: World, clinic: Clinic, his: Device
) -> None:
    session, same_day = clinic.session(days=3), clinic.session(days=4)
    free = clinic.session(days=5)
    person = patient(world)
    booked(world, session, person=person, consent=SAME_DOCTOR)
    # On the fourth day they are elsewhere in the same hours.
    elsewhere = clinic.session(
        days=4, department_id=clinic.department(), practitioner_id=clinic.practitioner()
    )
    booked(world, elsewhere, person=person)
    (told,) = stopped(his, session_ids=[session])
    assert told["replanned"] == 1
    assert units(world, same_day) == ["FREE"] * 3
    assert units(world, free) == ["BOOKED", "FREE", "FREE"]


def test_who_books_something_else_meanwhile_is_put_beside_it(
    world: World, clinic: Clinic, his: Device, fees: FakeFees
) -> None:
    session, near, far = clinic.session(), clinic.session(days=4), clinic.session(days=5)
    elsewhere = clinic.session(
        days=4, department_id=clinic.department(), practitioner_id=clinic.practitioner()
    )
    person = patient(world)
    booked(world, session)
    booked(world, session, person=person, consent=SAME_DOCTOR)

    def book_elsewhere() -> None:
        with world.database.apart():
            booked(world, elsewhere, person=person)

    fees.meanwhile = book_elsewhere  # while the first patient's fee is seen to
    (told,) = stopped(his, session_ids=[session])
    assert (told["replanned"], told["cancelled"]) == (1, 1)
    assert units(world, near) == ["FREE"] * 3
    assert units(world, far) == ["BOOKED", "FREE", "FREE"]


def test_a_fee_that_changes_meanwhile_is_not_asked_of_anybody(
    world: World, clinic: Clinic, his: Device, fees: FakeFees
) -> None:
    session, other = clinic.session(), clinic.session(days=4)
    booked(world, session)
    booked(world, session, consent=SAME_DOCTOR)

    def raise_the_fee() -> None:
        query = text("UPDATE clinic_sessions SET fee = 9000 WHERE id = :id")
        with world.database.separate() as tx:
            tx.execute(query, {"id": other})

    fees.meanwhile = raise_the_fee
    (told,) = stopped(his, session_ids=[session])
    assert (told["replanned"], told["cancelled"]) == (0, 2)
    assert units(world, other) == ["FREE"] * 3


def test_those_before_come_first_when_places_are_few(
    world: World, clinic: Clinic, his: Device
) -> None:
    session, _ = clinic.session(units=3), clinic.session(days=4, units=2)
    ids = [booked(world, session, consent=SAME_DOCTOR) for _ in range(3)]
    (told,) = stopped(his, session_ids=[session])
    assert (told["replanned"], told["cancelled"]) == (2, 1)
    states = appointments(world)
    assert [states[one] for one in ids] == ["RESCHEDULED", "RESCHEDULED", "CANCELLED_HOSPITAL"]


def test_no_patient_is_put_into_a_session_of_the_same_call(
    world: World, clinic: Clinic, his: Device
) -> None:
    first, second = clinic.session(days=3), clinic.session(days=4)
    booked(world, first, consent=SAME_DOCTOR)
    told = stopped(his, session_ids=[first, second])
    assert [one["replanned"] for one in told] == [0, 0]


def test_a_dry_run_tells_what_would_happen_and_does_nothing(
    world: World, clinic: Clinic, his: Device, fees: FakeFees
) -> None:
    session, other = clinic.session(units=4), clinic.session(days=4, units=1)
    for consent in (SAME_DOCTOR, SAME_DOCTOR, "none"):
        booked(world, session, consent=consent)
    booked(world, session, state=AppointmentState.PENDING_PAYMENT)
    before = appointments(world)
    (tried,) = stopped(his, session_ids=[session], dry_run=True)
    assert (appointments(world), units(world, other), fees.refunded) == (before, ["FREE"], [])
    (told,) = stopped(his, session_ids=[session])
    numbers = ("replanned", "cancelled", "released", "refund")
    assert [tried[name] for name in numbers] == [told[name] for name in numbers]
    assert (tried["status"], told["status"]) == ("PUBLISHED", "STOPPED")


def test_a_dry_run_reckons_with_clashes(world: World, clinic: Clinic, his: Device) -> None:
    session, _ = clinic.session(), clinic.session(days=4)
    elsewhere = clinic.session(
        days=4, department_id=clinic.department(), practitioner_id=clinic.practitioner()
    )
    person = patient(world)
    booked(world, session, person=person, consent=SAME_DOCTOR)
    booked(world, elsewhere, person=person)
    (tried,) = stopped(his, session_ids=[session], dry_run=True)
    assert (tried["replanned"], tried["cancelled"]) == (0, 1)


def test_every_outcome_can_be_read(world: World, clinic: Clinic, his: Device) -> None:
    session, _ = clinic.session(), clinic.session(days=4)
    moved = booked(world, session, consent=SAME_DOCTOR)
    ended = booked(world, session)
    (told,) = stopped(his, session_ids=[session])
    read = his.get(f"{STOPS}/{told['stop_id']}").json
    found = {one["appointment_id"]: one["outcome"] for one in read["outcomes"]}
    assert found == {moved: "replanned", ended: "cancelled"}
    first, second = read["outcomes"]
    assert (first["number"], second["number"]) == (1, 2)
    new = row(world, "appointments", first["replaced_by"])
    assert datetime.fromisoformat(first["replaced_at"]) == new["starts_at"]
    assert "replaced_at" not in second


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"session_ids": ["nowhere"]}, 404, "SESSION_UNKNOWN"),
        ({"doctor": "nobody", "days": ["2026-12-01"]}, 404, "SESSION_UNKNOWN"),
        ({"doctor": "somebody"}, 422, "INVALID_FIELD"),
        ({}, 422, "INVALID_FIELD"),
        ({"session_ids": ["S"], "doctor": "D", "days": ["2026-12-01"]}, 422, "INVALID_FIELD"),
        ({"session_ids": []}, 422, "INVALID_FIELD"),
        ({"session_ids": ["S"], "reason": "bored"}, 422, "INVALID_FIELD"),
    ],
)
def test_a_wrong_call_is_refused_whole(
    his: Device, body: dict[str, Any], status: int, code: str
) -> None:
    answer = his.post(STOPS, {"reason": "other", **body})
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_one_unknown_session_and_none_is_called_off(
    world: World, clinic: Clinic, his: Device
) -> None:
    session = clinic.session()
    answer = his.post(STOPS, {"reason": "other", "session_ids": [session, "nowhere"]})
    assert (answer.json["code"], answer.json["pointer"]) == ("SESSION_UNKNOWN", "/session_ids/1")
    assert row(world, "clinic_sessions", session)["state"] == "PUBLISHED"


def test_another_hospital_calls_nothing_off_and_reads_nothing(
    world: World, clinic: Clinic, his: Device
) -> None:
    session = clinic.session()
    plant(world, "市第二人民医院")
    other = world.terminal(
        merchant="市第二人民医院",
        purposes=frozenset({"01101"}),
        scopes=frozenset({"hospital.schedule"}),
    )
    answer = other.post(STOPS, {"reason": "other", "session_ids": [session]})
    assert (answer.status_code, answer.json["code"]) == (404, "SESSION_UNKNOWN")
    (told,) = stopped(his, session_ids=[session])
    answer = other.get(f"{STOPS}/{told['stop_id']}")
    assert (answer.status_code, answer.json["code"]) == (404, "STOP_UNKNOWN")


def test_a_terminal_that_may_not_plan_calls_nothing_off(world: World, clinic: Clinic) -> None:
    desk = world.terminal(
        merchant="市第一人民医院",
        purposes=frozenset({"01101"}),
        scopes=frozenset({"hospital.desk"}),
    )
    answer = desk.post(STOPS, {"reason": "other", "session_ids": [clinic.session()]})
    assert answer.status_code == 403


def test_the_database_refuses_a_stop_that_leaves_places(world: World, clinic: Clinic) -> None:
    session = clinic.session()
    with (
        pytest.raises(DBAPIError, match="still has places"),
        world.database.separate() as tx,
    ):
        tx.execute(
            text("UPDATE clinic_sessions SET state = 'STOPPED' WHERE id = :id"), {"id": session}
        )


def test_the_database_refuses_places_after_the_stop(
    world: World, clinic: Clinic, his: Device
) -> None:
    session = clinic.session()
    stopped(his, session_ids=[session])
    again = text(
        "INSERT INTO slot_units SELECT (jsonb_populate_record(u, jsonb_build_object("
        "'id', 'unt_more', 'number', 9, 'state', 'FREE'))).* FROM slot_units u WHERE number = 1"
    )
    with pytest.raises(DBAPIError, match="gets no places"), world.database.separate() as tx:
        tx.execute(again)


def test_nobody_is_put_before_those_who_stand_in_line(
    world: World, clinic: Clinic, his: Device
) -> None:
    session, other = clinic.session(units=1), clinic.session(hour=14, units=1)
    released(world, clinic, other)
    booked(world, session, consent=SAME_DOCTOR)
    (told,) = stopped(his, session_ids=[session])
    assert (told["replanned"], told["cancelled"]) == (0, 1)
    assert units(world, other) == ["FREE"]


def test_a_place_the_hospital_chose_is_given_up_free_until_its_time(
    world: World, clinic: Clinic, his: Device
) -> None:
    session, other = clinic.session(fee=0), clinic.session(hour=14, fee=0)
    who = relative(world, "张伟")
    made = wish(who, session, consent=SAME_DOCTOR)
    stopped(his, session_ids=[session])
    until_day_of(world, other, who, minutes=5)
    put = next(
        one for one in done(who.phone.get("/v1/appointments"))["items"] if one["status"] == "BOOKED"
    )
    assert put["free_until"] == put["starts_at"]
    done(cancel(who, put["id"]))
    assert read(who, put["id"])["events"][-1]["detail"] == {"late": False}
    assert read(who, made["id"])["status"] == "RESCHEDULED"


def released(world: World, clinic: Clinic, session: str) -> None:
    """A release of a session that people stand in line for."""
    now = world.clock.now()
    release = Release(
        id=new_id("rel", now),
        hospital_id=clinic.hospital_id,
        name="周一专家号",
        mode=ReleaseMode.FIFO,
        tickets_from=now,
        tickets_until=now + timedelta(hours=1),
        opens_at=now,
        closes_at=now + timedelta(hours=1),
        admits_per_minute=60,
        admission_seconds=300,
        most_tickets=100,
        created_at=now,
    )
    with world.database.separate() as tx:
        tx.add(release)
        tx.flush()
        tx.add(ReleaseSession(session_id=session, release_id=release.id))
