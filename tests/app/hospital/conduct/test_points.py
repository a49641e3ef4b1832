"""Who missed or cancelled late gets a point; who has too many may not book for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.core.errors import DomainError
from app.hospital.conduct.states import PointKind
from app.wiring.hospital.conduct import build_conduct_points
from tests.app.family.steps import Relative, later, notices, refused, relative
from tests.app.hospital.conduct.steps import (
    cancelled_late,
    conduct,
    missed,
    pointed,
    points,
    swept,
)
from tests.app.hospital.planting import Clinic, called_off, plant
from tests.app.hospital.waitlist.steps import (
    ENTRIES,
    booked,
    entered,
    full,
    seen,
    somebody,
    waiting,
    wish,
)
from tests.app.operators import operator_console
from tests.app.world import World

NO_SHOW, LATE = PointKind.NO_SHOW, PointKind.LATE_CANCEL


@pytest.fixture
def patient(world: World) -> Relative:
    return relative(world, "甲")


def may_book(world: World, clinic: Clinic, who: Relative) -> str | None:
    """None, or until when not."""
    conduct = build_conduct_points(world.shared)
    try:
        with world.database.direct() as tx:
            person = who.person_id(world)
            conduct.may_book(tx, person, clinic.hospital_id, world.clock.now())
    except DomainError as refusal:
        return str(refusal.members["until"])
    return None


def states(world: World) -> set[str]:
    with world.database.separate() as tx:
        return set(tx.scalars(text("SELECT state FROM appointments")))


def test_nobody_begins_with_points(world: World, clinic: Clinic, patient: Relative) -> None:
    found = conduct(patient)
    assert found["points"] == []
    assert "restriction" not in found
    assert found["rules"] | {"sha256": ""} == {
        "version": "2026-12",
        "sha256": "",
        "no_shows": 3,
        "no_show_within_days": 90,
        "no_show_restricts_days": 90,
        "late_cancels": 3,
        "late_cancel_within_days": 30,
        "late_cancel_restricts_days": 30,
    }
    assert may_book(world, clinic, patient) is None


def test_a_point_says_what_for_when_and_until_when(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    (appointment,) = pointed(world, clinic, patient, LATE)
    (point,) = conduct(patient)["points"]
    assert (point["kind"], point["status"], point["counts"]) == ("LATE_CANCEL", "COUNTS", True)
    assert (point["appointment_id"], point["rules"]) == (appointment, "2026-12")
    lasts = datetime.fromisoformat(point["expires_at"]) - datetime.fromisoformat(point["at"])
    assert lasts == timedelta(days=30)
    told = {"appointment.booked", "appointment.cancelled_patient", "conduct.counts"}
    assert set(notices(world, patient)) == told


def test_an_appointment_is_counted_once(world: World, clinic: Clinic, patient: Relative) -> None:
    (appointment,) = pointed(world, clinic, patient, LATE)
    with world.database.direct() as tx:
        build_conduct_points(world.shared).cancelled_late(
            tx, appointment, patient.person_id(world), world.clock.now()
        )
    assert points(patient) == [("LATE_CANCEL", "COUNTS", True)]


@pytest.mark.parametrize(("kind", "days"), [(NO_SHOW, 90), (LATE, 30)])
def test_three_are_too_many_and_it_ends(
    world: World, clinic: Clinic, patient: Relative, kind: PointKind, days: int
) -> None:
    pointed(world, clinic, patient, kind, times=2)
    assert may_book(world, clinic, patient) is None
    pointed(world, clinic, patient, kind, times=1)
    until = world.clock.now() + timedelta(days=days)
    assert may_book(world, clinic, patient) == until.isoformat()
    told = conduct(patient)["restriction"]
    assert (told["kind"], datetime.fromisoformat(told["until"])) == (kind.value, until)
    answer = patient.phone.post(ENTRIES, wish(world, clinic))
    assert refused(answer) == (403, "BOOKING_RESTRICTED")
    assert answer.json["until"] == until.isoformat()
    later(world, patient, days=days)
    assert may_book(world, clinic, patient) is None
    assert points(patient) == [(kind.value, "COUNTS", False)] * 3


def test_points_count_at_every_hospital_of_the_city(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    pointed(world, clinic, patient, LATE, times=3)
    assert may_book(world, plant(world, "市第二人民医院"), patient) is not None


def test_whoever_is_restricted_is_passed_over_by_the_waitlist(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    session, (appointment,) = full(world, clinic, days=6)
    entry = entered(world, clinic, patient)
    other, theirs = waiting(world, clinic, "乙")
    pointed(world, clinic, patient, LATE, times=3)
    cancelled_late(world, appointment, relative(world, "丙"))
    (skip,) = seen(patient, entry)["skips"]
    assert (skip["session_id"], skip["reason"]) == (session, "RESTRICTED")
    assert seen(other, theirs)["status"] == "OFFERED"


def test_a_place_that_is_filled_again_is_forgiven_at_once(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    session = clinic.session(units=1, department_id=clinic.department())
    appointment = booked(world, session, patient.person_id(world))
    cancelled_late(world, appointment, patient)
    pointed(world, clinic, patient, LATE, times=2)
    assert may_book(world, clinic, patient) is not None
    booked(world, session, somebody(world))
    assert may_book(world, clinic, patient) is None
    (forgiven,) = (one for one in conduct(patient)["points"] if not one["counts"])
    assert (forgiven["status"], forgiven["forgiven_for"]) == ("FORGIVEN", "REFILLED")
    assert forgiven["appointment_id"] == appointment
    assert "conduct.forgiven" in notices(world, patient)


def test_a_place_that_is_only_offered_is_not_filled_yet(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    session = clinic.session(units=1)
    appointment = booked(world, session, patient.person_id(world))
    other, entry = waiting(world, clinic, "乙")
    cancelled_late(world, appointment, patient)
    assert seen(other, entry)["status"] == "OFFERED"
    assert (swept(world), points(patient)) == (0, [("LATE_CANCEL", "COUNTS", True)])


def test_a_session_that_was_called_off_makes_no_points(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    before = clinic.session(units=1)
    appointment = booked(world, before, patient.person_id(world))
    cancelled_late(world, appointment, patient)
    called_off(world.database)
    assert swept(world) == 1
    assert points(patient) == [("LATE_CANCEL", "FORGIVEN", False)]
    assert states(world) == {"CANCELLED_PATIENT"}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("whole_city", [True, False])
def test_an_outage_makes_no_points(
    world: World, clinic: Clinic, patient: Relative, when: str, *, whole_city: bool
) -> None:
    session = clinic.session(units=1, days=1)
    appointment = booked(world, session, patient.person_id(world))
    later(world, patient, days=2)
    if when == "after":
        missed(world, appointment, patient)
    desk = operator_console(world)
    body = {
        "starts_at": (world.clock.now() - timedelta(days=2)).isoformat(),
        "ends_at": world.clock.now().isoformat(),
        "reason": "预约系统故障",
    }
    if not whole_city:
        body["hospital_id"] = clinic.hospital_id
    answer = desk.post("/v1/operator/booking-outages", body)
    assert answer.status_code == 201, answer.text
    if when == "before":
        missed(world, appointment, patient)
    expected = [("NO_SHOW", "FORGIVEN", False)] if when == "after" else []
    assert (points(patient), states(world)) == (expected, {"EXCUSED"})
    assert desk.get("/v1/operator/booking-outages").json["items"] == [answer.json]


def test_an_outage_elsewhere_forgives_nothing(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    pointed(world, clinic, patient, LATE)
    body = {
        "starts_at": (world.clock.now() - timedelta(days=1)).isoformat(),
        "ends_at": world.clock.now().isoformat(),
        "reason": "系统故障",
        "hospital_id": plant(world, "市第二人民医院").hospital_id,
    }
    world.clock.advance(minutes=1)
    assert operator_console(world).post("/v1/operator/booking-outages", body).status_code == 201
    assert points(patient) == [("LATE_CANCEL", "COUNTS", True)]


@pytest.mark.parametrize(
    ("hours", "lasts", "code"),
    [(1, 0, "OUTAGE_INVALID"), (1, 2, "OUTAGE_INVALID"), (1000, 900, "OUTAGE_INVALID")],
)
def test_an_outage_is_over_and_not_endless(world: World, hours: int, lasts: int, code: str) -> None:
    begins = world.clock.now() - timedelta(hours=hours)
    body = {
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=lasts)).isoformat(),
        "reason": "x",
    }
    answer = operator_console(world).post("/v1/operator/booking-outages", body)
    assert refused(answer) == (422, code)
