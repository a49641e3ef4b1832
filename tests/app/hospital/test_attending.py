"""People are checked in by their card's code, seen, and missed only when the session is over."""

from __future__ import annotations

from datetime import timedelta

from werkzeug.test import TestResponse

from tests.app.card.steps import show
from tests.app.device import Device
from tests.app.family.steps import Relative, done, log_of, refused, relative
from tests.app.hospital.fakes import FakeParts
from tests.app.hospital.planting import Clinic, called_off, plant
from tests.app.hospital.steps import (
    booked,
    cancel,
    desk,
    held,
    kinds,
    read,
    sweep,
    units,
    until_day_of,
    wait,
)
from tests.app.world import World


def holder(world: World, name: str = "张伟") -> Relative:
    found = relative(world, name)
    done(found.phone.post("/v1/card"), 201)
    return found


def check_in(at: Device, who: Relative, purpose: str = "01101") -> TestResponse:
    return at.post("/v1/hospital/check-ins", {"code": show(who.phone, purpose)})


def serve(at: Device, appointment: str) -> TestResponse:
    return at.post(f"/v1/hospital/appointments/{appointment}/service")


def test_a_code_checks_its_holder_in_and_the_doctor_sees_them(world: World, clinic: Clinic) -> None:
    who, session = holder(world), clinic.session(fee=0)
    made = booked(who, session)
    until_day_of(world, session, who, minutes=30)
    at = desk(world)
    arrived = done(check_in(at, who))
    assert (arrived["id"], arrived["status"], arrived["number"]) == (made["id"], "ARRIVED", 1)
    assert done(serve(at, made["id"]))["status"] == "FULFILLED"
    assert done(serve(at, made["id"]))["status"] == "FULFILLED"
    assert kinds(who, made["id"]) == ["booked", "arrived", "fulfilled"]
    assert units(world, session) == ["SERVED", "FREE", "FREE"]
    for action in ("appointment.arrived", "appointment.served"):
        (entry,) = log_of(who, action)
        assert entry["actor"] == "市第一人民医院"


def test_somebody_who_is_there_already_is_told_the_same(world: World, clinic: Clinic) -> None:
    who, session = holder(world), clinic.session(fee=0)
    made = booked(who, session)
    until_day_of(world, session, who, minutes=30)
    at = desk(world)
    assert done(check_in(at, who))["id"] == done(check_in(at, who))["id"] == made["id"]
    assert kinds(who, made["id"]) == ["booked", "arrived"]


def test_none_early_and_late_are_told_apart(world: World, clinic: Clinic) -> None:
    who, session = holder(world), clinic.session(fee=0)
    booked(who, session)
    until_day_of(world, session, who, minutes=24 * 60)
    assert refused(check_in(desk(world), who)) == (404, "CHECK_IN_NOTHING")
    until_day_of(world, session, who, minutes=121)
    early = check_in(desk(world), who)
    assert refused(early) == (409, "CHECK_IN_TOO_EARLY")
    opens = world.clock.now() + timedelta(minutes=1)
    assert early.json["from"] == opens.isoformat()
    until_day_of(world, session, who, minutes=-31)
    assert refused(check_in(desk(world), who)) == (409, "CHECK_IN_TOO_LATE")


def test_after_the_window_but_within_the_session_it_is_not_too_late(
    world: World, clinic: Clinic
) -> None:
    who, session = holder(world), clinic.session(fee=0)
    booked(who, session)
    until_day_of(world, session, who, minutes=-25)
    assert done(check_in(desk(world), who))["status"] == "ARRIVED"


def test_of_two_the_one_that_is_due_is_meant(world: World, clinic: Clinic) -> None:
    who, morning = holder(world), clinic.session(fee=0)
    afternoon = clinic.session(
        fee=0,
        hour=14,
        department_id=clinic.department(),
        practitioner_id=clinic.practitioner(),
    )
    booked(who, morning)
    second = booked(who, afternoon)
    until_day_of(world, afternoon, who, minutes=60)
    assert done(check_in(desk(world), who))["id"] == second["id"]


def test_another_hospital_has_nothing_and_serves_nobody(world: World, clinic: Clinic) -> None:
    who, session = holder(world), clinic.session(fee=0)
    made = booked(who, session)
    until_day_of(world, session, who, minutes=30)
    plant(world, "市第二人民医院")
    other = desk(world, "市第二人民医院")
    assert refused(check_in(other, who)) == (404, "CHECK_IN_NOTHING")
    assert refused(serve(other, made["id"])) == (404, "APPOINTMENT_UNKNOWN")
    pharmacy = desk(world, "平安大药房")
    assert refused(check_in(pharmacy, who)) == (403, "HOSPITAL_NOT_YOURS")


def test_the_code_is_for_registration_and_used_once(world: World, clinic: Clinic) -> None:
    who, session = holder(world), clinic.session(fee=0)
    booked(who, session)
    until_day_of(world, session, who, minutes=30)
    at = desk(world)
    assert refused(check_in(at, who, "02121"))[1] == "CODE_PURPOSE_MISMATCH"
    code = show(who.phone, "01101")
    done(at.post("/v1/hospital/check-ins", {"code": code}))
    answer = at.post("/v1/hospital/check-ins", {"code": code})
    assert refused(answer)[1] == "CODE_USED"
    assert answer.json["action"]


def test_nobody_is_served_who_was_not_checked_in(world: World, clinic: Clinic) -> None:
    made = booked(relative(world, "张伟"), clinic.session(fee=0))
    assert refused(serve(desk(world), made["id"])) == (409, "APPOINTMENT_MOVED_ON")


def test_who_is_there_does_not_cancel_any_more(world: World, clinic: Clinic) -> None:
    who, session = holder(world), clinic.session(fee=0)
    made = booked(who, session)
    until_day_of(world, session, who, minutes=45)
    done(check_in(desk(world), who))
    assert refused(cancel(who, made["id"])) == (409, "APPOINTMENT_MOVED_ON")


def test_a_session_closes_after_its_end_and_who_did_not_come_is_a_no_show(
    world: World, clinic: Clinic, parts: FakeParts
) -> None:
    came, missed = holder(world, "甲"), relative(world, "乙")
    session = clinic.session(fee=0)
    there, absent = booked(came, session), booked(missed, session)
    until_day_of(world, session, came, missed, minutes=10)
    done(check_in(desk(world), came))
    until_day_of(world, session, came, missed, minutes=-59)
    assert sweep(world, parts).close() == 0  # ended, and half an hour is not over
    wait(world, came, missed, minutes=1)
    assert sweep(world, parts).close() == 1
    assert sweep(world, parts).close() == 0
    assert read(came, there["id"])["status"] == "ARRIVED"
    assert read(missed, absent["id"])["status"] == "NOSHOW"
    assert parts.missed == [absent["id"]]
    assert units(world, session) == ["CHECKED_IN", "BOOKED", "FREE"]
    assert done(serve(desk(world), there["id"]))["status"] == "FULFILLED"


def test_nobody_is_a_no_show_of_a_session_that_was_called_off(
    world: World, clinic: Clinic, parts: FakeParts
) -> None:
    who, session = relative(world, "张伟"), clinic.session(fee=0)
    made = booked(who, session)
    called_off(world.database)
    until_day_of(world, session, who, minutes=-120)
    assert sweep(world, parts).close() == 0
    assert read(who, made["id"])["status"] == "CANCELLED_HOSPITAL"
    assert parts.missed == []


def test_what_expires_goes_to_the_waitlist_first(
    world: World, clinic: Clinic, parts: FakeParts
) -> None:
    held(relative(world, "张伟"), clinic.session())
    world.clock.advance(minutes=10)
    assert sweep(world, parts).expire() == 1
    assert [state for _, state in parts.vacancies] == ["FREE"]
    assert parts.missed == []


def test_the_commands_sweep_does_all_of_it(world: World, clinic: Clinic) -> None:
    held(relative(world, "张伟"), clinic.session())
    world.clock.advance(minutes=10)
    assert sweep(world).sweep() == {"appointments": 1, "clinic_sessions": 0, "appointment_fees": 0}
