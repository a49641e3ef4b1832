"""A place is held for whoever asks first, for a time, by the rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.hospital.states import SessionState
from tests.app.family.steps import done, log_of, refused, relative
from tests.app.hospital.planting import Clinic
from tests.app.hospital.steps import ask, booked, cancel, held, kinds, read, sweep, units, wait
from tests.app.world import World


def test_a_place_is_held_for_ten_minutes(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session()
    made = held(who, session, consent="same_doctor")
    assert (made["status"], made["number"], made["fee"]) == ("PENDING_PAYMENT", 1, 5_000)
    assert made["deadline"] == (world.clock.now() + timedelta(minutes=10)).isoformat().replace(
        "+00:00", "Z"
    )
    assert (made["hospital"], made["department"], made["practitioner"]) == (
        "市第一人民医院",
        "内科",
        "华佗",
    )
    assert made["consent"] == "same_doctor"
    assert units(world, session) == ["HELD", "FREE", "FREE"]
    assert len(log_of(who, "appointment.made")) == 1


def test_what_costs_nothing_is_booked_at_once(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session(fee=0)
    made = held(who, session)
    assert made["status"] == "BOOKED"
    assert "deadline" not in made
    assert units(world, session) == ["BOOKED", "FREE", "FREE"]


def test_a_full_session_is_told_from_one_that_is_not_open(world: World, clinic: Clinic) -> None:
    first, second = relative(world, "甲"), relative(world, "乙")
    full = clinic.session(units=1)
    held(first, full)
    assert refused(ask(second, full)) == (409, "SESSION_FULL")
    soon = clinic.session(opens_at=world.clock.now() + timedelta(minutes=1))
    answer = ask(second, soon)
    assert refused(answer) == (409, "SESSION_NOT_OPEN")
    assert answer.json["opens_at"].startswith("2026-11-23T08:01")
    draft = clinic.session(state=SessionState.DRAFT)
    assert refused(ask(second, draft)) == (404, "SESSION_UNKNOWN")
    assert refused(ask(second, "ses_00000000000000000000000000"))[0] == 404


def test_a_window_that_is_taken_is_told(world: World, clinic: Clinic) -> None:
    session = clinic.session()
    starts = held(relative(world, "甲"), session)["starts_at"]
    assert refused(ask(relative(world, "乙"), session, window=starts)) == (409, "WINDOW_FULL")


@pytest.mark.parametrize(("days", "status"), [(13, 201), (14, 409)])
def test_only_days_of_the_window_are_open(
    world: World, clinic: Clinic, days: int, status: int
) -> None:
    """Fourteen, today included; it is four in the afternoon."""
    assert ask(relative(world, "甲"), clinic.session(days=days)).status_code == status


def test_a_new_day_opens_at_seven_in_the_morning(world: World, clinic: Clinic) -> None:
    session, who = clinic.session(days=14), relative(world, "甲")
    wait(world, who, minutes=894)  # 06:54 in China
    assert refused(ask(who, session)) == (409, "SESSION_NOT_OPEN")
    wait(world, who, minutes=6)
    assert ask(who, session).status_code == 201


@pytest.mark.parametrize("place", ["hospitals", "departments", "practitioners"])
def test_what_is_suspended_takes_no_appointments(world: World, clinic: Clinic, place: str) -> None:
    session = clinic.session()
    with world.database.separate() as tx:
        tx.execute(text(f"UPDATE {place} SET state = 'SUSPENDED'"))  # noqa: S608 - of this test
    assert refused(ask(relative(world, "甲"), session)) == (409, "SESSION_NOT_OPEN")


def test_a_hold_that_was_not_paid_expires_and_is_not_renewed(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session()
    made = held(who, session)
    assert sweep(world).expire() == 0
    wait(world, who, minutes=10)
    assert sweep(world).expire() == 1
    assert read(who, made["id"])["status"] == "EXPIRED"
    assert units(world, session) == ["FREE"] * 3
    answer = ask(who, session)
    assert refused(answer) == (409, "APPOINTMENT_HELD_BEFORE")
    assert int(answer.headers["Retry-After"]) == 30 * 60 + 1
    wait(world, who, minutes=31)
    assert ask(who, session).status_code == 201


def test_giving_a_hold_up_does_not_renew_it_either(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session()
    made = held(who, session)
    assert cancel(who, made["id"]).status_code == 200
    assert kinds(who, made["id"]) == ["pending_payment", "cancelled_patient"]
    assert refused(ask(who, session)) == (409, "APPOINTMENT_HELD_BEFORE")


def test_a_place_that_was_booked_and_given_up_may_be_taken_again(
    world: World, clinic: Clinic
) -> None:
    who, session = relative(world, "张伟"), clinic.session(fee=0)
    assert cancel(who, booked(who, session)["id"]).status_code == 200
    assert ask(who, session).status_code == 201


def test_one_person_with_two_phones_has_one_place(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session()
    other = world.sign_in(world.phone(), number=who.number, name=who.name)
    held(who, session)
    answer = other.post("/v1/appointments", {"session_id": session})
    assert refused(answer) == (409, "APPOINTMENT_SAME_DEPARTMENT_DAY")
    assert units(world, session) == ["HELD", "FREE", "FREE"]


def test_the_same_request_ten_times_is_one_appointment(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session()
    body = {"session_id": session}
    answers = [
        who.phone.post("/v1/appointments", body, idempotency_key="the-same-one") for _ in range(10)
    ]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert units(world, session) == ["HELD", "FREE", "FREE"]


def test_an_appointment_is_its_own_persons(world: World, clinic: Clinic) -> None:
    made = held(relative(world, "甲"), clinic.session())
    other = relative(world, "乙")
    for path in ("", "/payment", "/cancellation"):
        send = other.phone.post if path else other.phone.get
        answer = send(f"/v1/appointments/{made['id']}{path}")
        assert refused(answer) == (404, "APPOINTMENT_UNKNOWN")


def test_appointments_come_in_pages_newest_first(world: World, clinic: Clinic) -> None:
    who = relative(world, "甲")
    ids = []
    for days in (1, 2, 3):
        ids.append(held(who, clinic.session(days=days))["id"])
        world.clock.advance(seconds=1)
    first = done(who.phone.get("/v1/appointments?limit=2"))
    assert [one["id"] for one in first["items"]] == [ids[2], ids[1]]
    second = done(who.phone.get(f"/v1/appointments?limit=2&cursor={first['next']}"))
    assert [one["id"] for one in second["items"]] == [ids[0]]
    assert "next" not in second
