"""Patients are told what becomes of their appointments, once, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.service.notice_words import CHINA, NOTICES, REASONS
from app.hospital.service.reminders import reminder_times
from app.hospital.states import AppointmentState
from app.hospital.stop_reasons import StopReason
from app.notifications.models import Notice
from app.notifications.service.notices import Notices
from app.wiring.notifications import build_dispatcher
from tests.app.family.steps import accepted, done, relative
from tests.app.hospital.people import patient as somebody
from tests.app.hospital.planting import Clinic
from tests.app.world import World

A = AppointmentState
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def told(world: World, who: str) -> list[Notice]:
    """What somebody was told of appointments."""
    dispatcher = build_dispatcher(world.shared)
    while dispatcher.run(most=50):
        pass
    page = Notices(database=world.database, clock=world.clock).of_person(who, before=None, limit=50)
    return [one for one in page.items if one.kind.startswith("appointment.")]


def kinds(world: World, who: str) -> set[str]:
    """Of what somebody was told; each once."""
    found = [one.kind.removeprefix("appointment.") for one in told(world, who)]
    assert len(set(found)) == len(found)
    return set(found)


def taken(world: World, who: str, session: str, **changes: Any) -> str:
    wanted = {
        "person_id": who,
        "session_id": session,
        "state": A.BOOKED,
        "deadline": None,
        **changes,
    }
    with world.database.direct() as tx:
        claimed = claim(tx, Wanted(**wanted), world.clock.now())
    assert claimed is not None
    return claimed.appointment_id


def moved(world: World, appointment: str, state: AppointmentState, **changes: Any) -> None:
    with world.database.direct() as tx:
        step = Move(state=state, actor="hospital", **changes)
        assert move(tx, appointment, step, world.clock.now()) is not None


@pytest.fixture
def patient(world: World) -> str:
    return somebody(world)


def test_a_booking_is_confirmed_with_place_time_and_number(
    world: World, clinic: Clinic, patient: str
) -> None:
    appointment = taken(world, patient, clinic.session())
    (notice,) = told(world, patient)
    assert (notice.kind, notice.about) == ("appointment.booked", appointment)
    assert "市第一人民医院内科 华佗医生，11月26日 09:00，第 1 号" in notice.zh
    assert "2026-11-26 09:00, number 1" in notice.en


@pytest.mark.parametrize(
    ("steps", "detail", "expected"),
    [
        ((A.OFFERED, A.EXPIRED), {}, {"expired", "offered"}),
        ((A.OFFERED, A.DECLINED), {}, {"offered"}),
        ((A.PENDING_PAYMENT, A.EXPIRED), {}, {"expired"}),
        ((A.BOOKED, A.CANCELLED_PATIENT), {}, {"cancelled_patient", "booked"}),
        ((A.BOOKED, A.CANCELLED_HOSPITAL), {}, {"cancelled_hospital", "booked"}),
        ((A.BOOKED, A.CANCELLED_HOSPITAL), {"reason": "emergency"}, {"stopped", "booked"}),
        ((A.BOOKED, A.NOSHOW), {}, {"booked"}),
        ((A.BOOKED, A.ARRIVED), {}, {"booked"}),
    ],
)
def test_each_change_has_its_words(
    world: World,
    clinic: Clinic,
    patient: str,
    *,
    steps: tuple[AppointmentState, AppointmentState],
    detail: dict[str, Any],
    expected: set[str],
) -> None:
    first, then = steps
    deadline = None if first is A.BOOKED else world.clock.now() + timedelta(minutes=10)
    appointment = taken(world, patient, clinic.session(), state=first, deadline=deadline)
    moved(world, appointment, then, detail=detail)
    assert kinds(world, patient) == expected


def test_a_stop_is_told_with_its_reason(world: World, clinic: Clinic, patient: str) -> None:
    appointment = taken(world, patient, clinic.session())
    moved(world, appointment, A.CANCELLED_HOSPITAL, detail={"reason": "doctor_away"})
    (notice,) = (one for one in told(world, patient) if one.kind == "appointment.stopped")
    assert "医生临时不能出诊" in notice.zh
    assert "the doctor cannot come" in notice.en
    assert "{" not in notice.zh + notice.en


@pytest.mark.parametrize(("detail", "kind"), [({}, "rescheduled"), ({"stop": "x"}, "replanned")])
def test_an_exchanged_place_is_told_once(
    world: World, clinic: Clinic, patient: str, detail: dict[str, str], kind: str
) -> None:
    old = taken(world, patient, clinic.session())
    moved(world, old, A.RESCHEDULED, detail=detail)
    detail = {**detail, "reason": "emergency"} if detail else {}
    taken(world, patient, clinic.session(days=4), replaces=old, detail=detail)
    assert kinds(world, patient) == {kind, "booked"}


def test_nobody_is_told_twice(world: World, clinic: Clinic, patient: str) -> None:
    taken(world, patient, clinic.session())
    assert kinds(world, patient) == kinds(world, patient) == {"booked"}


def test_who_booked_for_another_is_told_as_long_as_the_mandate_stands(
    world: World, clinic: Clinic
) -> None:
    giver, taker = relative(world, "李清照"), relative(world, "赵明诚")
    patient, agent = giver.person_id(world), taker.person_id(world)
    mandate = accepted(
        world, giver, taker, purposes=["01101"], merchant_kinds=["hospital", "pharmacy"]
    )
    acts = {"agent_id": agent, "mandate_id": mandate}
    appointment = taken(world, patient, clinic.session(), **acts)
    assert kinds(world, patient) == kinds(world, agent) == {"booked"}
    assert told(world, agent)[0].zh.startswith("您代办的预约。")
    done(giver.phone.post(f"/v1/family/mandates/{mandate}/revocation"))
    moved(world, appointment, A.CANCELLED_HOSPITAL)
    assert kinds(world, patient) == {"cancelled_hospital", "booked"}
    assert kinds(world, agent) == {"booked"}


def test_the_evening_before_and_two_hours_before_one_is_reminded(
    world: World, clinic: Clinic, patient: str
) -> None:
    taken(world, patient, clinic.session())  # on the 26th at nine; today is the 23rd
    assert kinds(world, patient) == {"booked"}
    world.clock.advance(days=2.0)  # the 25th, 16:00 in China
    assert kinds(world, patient) == {"booked"}
    world.clock.advance(days=2 / 24)
    assert kinds(world, patient) == {"tomorrow", "booked"}
    world.clock.advance(days=13 / 24)
    assert kinds(world, patient) == {"soon", "tomorrow", "booked"}


def test_nobody_is_reminded_of_what_moved_on(world: World, clinic: Clinic, patient: str) -> None:
    appointment = taken(world, patient, clinic.session())
    assert kinds(world, patient) == {"booked"}
    moved(world, appointment, A.CANCELLED_PATIENT)
    world.clock.advance(days=2.7)
    assert kinds(world, patient) == {"cancelled_patient", "booked"}


def test_a_reminder_that_comes_too_late_is_silent(
    world: World, clinic: Clinic, patient: str
) -> None:
    taken(world, patient, clinic.session())
    assert kinds(world, patient) == {"booked"}
    world.clock.advance(days=3)
    assert kinds(world, patient) == {"booked"}


def test_an_appointments_events_never_wait_behind_its_reminders(
    world: World, clinic: Clinic, patient: str
) -> None:
    appointment = taken(world, patient, clinic.session())
    assert kinds(world, patient) == {"booked"}
    moved(world, appointment, A.CANCELLED_HOSPITAL)
    assert kinds(world, patient) == {"cancelled_hospital", "booked"}


@given(
    st.integers(0, 2**20).map(lambda minutes: _EPOCH + timedelta(minutes=minutes)),
    st.timedeltas(timedelta(0), timedelta(days=20)),
)
def test_reminders_lie_between_booking_and_beginning(now: datetime, ahead: timedelta) -> None:
    starts_at = now + ahead
    for kind, at in reminder_times(starts_at, now):
        assert now < at < starts_at
        if kind == "tomorrow":
            here, then = at.astimezone(CHINA), starts_at.astimezone(CHINA)
            assert (here.hour, here.minute) == (18, 0)
            assert (then.date() - here.date()).days == 1


def test_every_reason_and_every_notice_has_words_of_both_languages() -> None:
    assert set(REASONS) == set(StopReason)
    assert all(zh and en for zh, en in [*NOTICES.values(), *REASONS.values()])
