"""People are called in by their numbers, once each, and who did not come waits behind three."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState, SessionState
from tests.app.device import Device
from tests.app.family.steps import Relative, done, log_of, refused, relative
from tests.app.hospital.people import patient
from tests.app.hospital.planting import Clinic, plant
from tests.app.hospital.racers import Act, run
from tests.app.hospital.steps import desk, read, work_off
from tests.app.hospital.test_races import race_of, terminal_of
from tests.app.world import World

ROOM = "3 诊室"
CALLERS = 6
A = AppointmentState


def todays(clinic: Clinic, **changes: Any) -> str:
    """A session of this afternoon: it is four o'clock in China."""
    return clinic.session(**{"days": 0, "hour": 17, **changes})


def taken(world: World, session: str, person: str, *steps: AppointmentState) -> str:
    """A booked place of somebody, taken some steps further."""
    wanted = Wanted(person_id=person, session_id=session, state=A.BOOKED, deadline=None)
    with world.database.direct() as tx:
        claimed = claim(tx, wanted, world.clock.now())
        assert claimed is not None
        for state in steps:
            step = Move(state=state, actor="hospital")
            assert move(tx, claimed.appointment_id, step, world.clock.now()) is not None
    return claimed.appointment_id


def queue(world: World, session: str, size: int) -> list[str]:
    """People who are there and wait, by their numbers."""
    return [
        taken(world, session, relative(world, "李清照").person_id(world), A.ARRIVED)
        for _ in range(size)
    ]


def call(at: Device, session: str, room: str = ROOM, **more: Any) -> TestResponse:
    return at.post(f"/v1/hospital/sessions/{session}/calls", {"room": room}, **more)


def again(at: Device, appointment: str, room: str = ROOM) -> TestResponse:
    return at.post(f"/v1/hospital/appointments/{appointment}/calls", {"room": room})


def pass_over(at: Device, appointment: str) -> TestResponse:
    return at.post(f"/v1/hospital/appointments/{appointment}/passing-over")


def line(at: Device, session: str, **query: Any) -> Any:
    path = f"/v1/hospital/sessions/{session}/appointments"
    return done(at.get(path, query_string=query))


def numbers(at: Device, session: str) -> list[int]:
    """Of those who wait, in the order of the list."""
    items = line(at, session)["items"]
    return [one["number"] for one in items if one["status"] == "ARRIVED" and "called_at" not in one]


def told(world: World, who: Relative) -> list[Any]:
    """What somebody was told of calls, newest first."""
    work_off(world)
    items = done(who.phone.get("/v1/me/notices"))["items"]
    return [
        one for one in items if one["kind"] in {"appointment.called", "appointment.passed_over"}
    ]


def test_the_next_is_called_in_the_order_of_the_numbers(world: World, clinic: Clinic) -> None:
    """Whoever is not there is not called, and whoever comes late is, by their number."""
    session, at = todays(clinic, units=4), desk(world)
    late = taken(world, session, relative(world, "乙").person_id(world))
    second, third = queue(world, session, 2)
    first = done(call(at, session))
    assert (first["id"], first["number"], first["room"]) == (second, 2, ROOM)
    assert (first["status"], first["calls"], first["name"]) == ("ARRIVED", 1, "李*")
    assert datetime.fromisoformat(first["called_at"]) == world.clock.now()
    with world.database.direct() as tx:
        assert move(tx, late, Move(state=A.ARRIVED, actor="hospital"), world.clock.now())
    assert [done(call(at, session))["id"] for _ in range(2)] == [late, third]
    assert refused(call(at, session)) == (409, "CALL_NOBODY_WAITS")


def test_the_same_key_calls_nobody_else(world: World, clinic: Clinic) -> None:
    session, at = todays(clinic), desk(world)
    queue(world, session, 2)
    answers = [call(at, session, idempotency_key="pressed-once") for _ in range(2)]
    assert done(answers[0]) == done(answers[1])
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert numbers(at, session) == [2]


def test_the_patient_is_told_and_sees_the_room(world: World, clinic: Clinic) -> None:
    who, session, at = relative(world, "张伟"), todays(clinic), desk(world)
    made = taken(world, session, who.person_id(world), A.ARRIVED)
    assert not {"called_at", "room"} & set(read(who, made))
    done(call(at, session))
    seen = read(who, made)
    assert (seen["status"], seen["room"], seen["sequence"]) == ("ARRIVED", ROOM, 3)
    assert datetime.fromisoformat(seen["called_at"]) == world.clock.now()
    assert [(one["kind"], one["actor"], one["detail"]) for one in seen["events"][2:]] == [
        ("called", "hospital", {"room": ROOM})
    ]
    (notice,) = told(world, who)
    assert f"请到 {ROOM} 就诊" in notice["zh"]
    assert f"You are called, room {ROOM}" in notice["en"]
    (entry,) = log_of(who, "appointment.called")
    assert entry["actor"] == "市第一人民医院"


def test_calling_again_counts_and_may_change_the_room(world: World, clinic: Clinic) -> None:
    who, session, at = relative(world, "张伟"), todays(clinic), desk(world)
    made = taken(world, session, who.person_id(world), A.ARRIVED)
    assert refused(again(at, made)) == (409, "APPOINTMENT_NOT_CALLED")
    done(call(at, session))
    called = done(again(at, made, "5 诊室"))
    assert (called["calls"], called["room"]) == (2, "5 诊室")
    assert read(who, made)["room"] == "5 诊室"
    assert len(told(world, who)) == 2


@pytest.mark.parametrize(
    ("waiting", "expected"), [(0, [1]), (1, [2, 1]), (3, [2, 3, 4, 1]), (4, [2, 3, 4, 1, 5])]
)
def test_who_did_not_come_waits_behind_three(
    world: World, clinic: Clinic, *, waiting: int, expected: list[int]
) -> None:
    session, at = todays(clinic, units=6), desk(world)
    made = queue(world, session, waiting + 1)[0]
    done(call(at, session))
    passed = done(pass_over(at, made))
    assert passed["calls"] == 1
    assert not {"called_at", "room"} & set(passed)
    assert numbers(at, session) == expected
    assert [done(call(at, session))["number"] for _ in expected] == expected


def test_it_is_three_also_among_others_who_were_passed_over(world: World, clinic: Clinic) -> None:
    session, at = todays(clinic, units=7), desk(world)
    queue(world, session, 6)
    for expected in (
        [2, 3, 4, 1, 5, 6],
        [3, 4, 1, 2, 5, 6],
        [4, 1, 2, 3, 5, 6],
        [1, 2, 3, 4, 5, 6],
    ):
        done(pass_over(at, done(call(at, session))["id"]))
        assert numbers(at, session) == expected
    queue(world, session, 1)
    done(pass_over(at, done(call(at, session))["id"]))
    assert numbers(at, session) == [2, 3, 4, 1, 5, 6, 7]


def test_who_was_passed_over_is_told_and_sees_no_call(world: World, clinic: Clinic) -> None:
    who, session, at = relative(world, "张伟"), todays(clinic), desk(world)
    made = taken(world, session, who.person_id(world), A.ARRIVED)
    assert refused(pass_over(at, made)) == (409, "APPOINTMENT_NOT_CALLED")
    done(call(at, session))
    done(pass_over(at, made))
    assert refused(pass_over(at, made)) == (409, "APPOINTMENT_NOT_CALLED")
    seen = read(who, made)
    assert not {"called_at", "room"} & set(seen)
    assert [one["kind"] for one in seen["events"][2:]] == ["called", "passed_over"]
    assert {one["kind"] for one in told(world, who)} == {
        "appointment.called",
        "appointment.passed_over",
    }
    assert len(log_of(who, "appointment.passed_over")) == 1


def test_who_was_seen_is_called_no_more(world: World, clinic: Clinic) -> None:
    session, at = todays(clinic), desk(world)
    (made,) = queue(world, session, 1)
    done(call(at, session))
    done(at.post(f"/v1/hospital/appointments/{made}/service"))
    assert refused(again(at, made)) == (409, "APPOINTMENT_NOT_CALLED")
    assert refused(pass_over(at, made)) == (409, "APPOINTMENT_NOT_CALLED")
    assert refused(call(at, session)) == (409, "CALL_NOBODY_WAITS")


def test_another_hospital_sees_and_calls_nobody(world: World, clinic: Clinic) -> None:
    session, own = todays(clinic), desk(world)
    (made,) = queue(world, session, 1)
    plant(world, "市第二人民医院")
    other = desk(world, "市第二人民医院")
    path = f"/v1/hospital/sessions/{session}/appointments"
    assert done(other.get("/v1/hospital/sessions/today"))["items"] == []
    assert refused(other.get(path)) == (404, "SESSION_UNKNOWN")
    assert refused(call(other, session)) == (404, "SESSION_UNKNOWN")
    done(call(own, session))
    assert refused(again(other, made)) == (404, "APPOINTMENT_UNKNOWN")
    assert refused(pass_over(other, made)) == (404, "APPOINTMENT_UNKNOWN")
    for stranger, code in (
        (desk(world, "平安大药房"), "HOSPITAL_NOT_YOURS"),
        (
            world.terminal(purposes=frozenset({"01101"}), merchant="市第一人民医院"),
            "INSUFFICIENT_SCOPE",
        ),
    ):
        for answer in (
            stranger.get("/v1/hospital/sessions/today"),
            stranger.get(path),
            call(stranger, session),
            again(stranger, made),
            pass_over(stranger, made),
        ):
            assert refused(answer) == (403, code)


@pytest.mark.parametrize("room", ["", "诊" * 21, " 3", "3\n4", 3, None])
def test_a_room_is_a_short_text(world: World, clinic: Clinic, *, room: Any) -> None:
    session, at = todays(clinic), desk(world)
    queue(world, session, 1)
    assert call(at, session, room).status_code in {400, 422}
    assert numbers(at, session) == [1]
    assert done(call(at, session, "诊" * 20))["room"] == "诊" * 20


def test_todays_sessions_tell_how_many_are_where(world: World, clinic: Clinic) -> None:
    morning, at = todays(clinic, units=5), desk(world)
    others: dict[str, Any] = {
        "department_id": clinic.department(),
        "practitioner_id": clinic.practitioner(),
    }
    afternoon = todays(clinic, units=1, hour=19, **others)
    todays(clinic, state=SessionState.DRAFT)
    todays(clinic, days=1)
    todays(clinic, days=-1)
    for steps in ((), (A.ARRIVED, A.FULFILLED), (A.CANCELLED_PATIENT,)):
        taken(world, morning, patient(world), *steps)
    queue(world, morning, 2)
    done(call(at, morning))
    path = "/v1/hospital/sessions/today"
    first = done(at.get(path, query_string={"limit": 1}))
    second = done(at.get(path, query_string={"limit": 1, "cursor": first["next"]}))
    (early,), (late,) = first["items"], second["items"]
    assert (early["id"], late["id"], second.get("next")) == (morning, afternoon, None)
    assert (early["department"], early["practitioner"]) == ("内科", "华佗")
    counts = ("booked", "arrived", "called", "served", "free")
    assert [early[name] for name in counts] == [1, 2, 1, 1, 1]
    assert [late[name] for name in counts] == [0, 0, 0, 0, 1]


def test_a_line_is_in_the_order_of_calling_with_masked_names(world: World, clinic: Clinic) -> None:
    session, at = todays(clinic, units=6), desk(world)
    people = [relative(world, name) for name in ("甲一", "乙二", "丙三", "丁四", "戊五")]
    steps = ((A.ARRIVED, A.FULFILLED), (), (A.ARRIVED,), (A.ARRIVED,), (A.CANCELLED_PATIENT,))
    for who, moves in zip(people, steps, strict=True):
        taken(world, session, who.person_id(world), *moves)
    done(pass_over(at, done(call(at, session))["id"]))
    done(call(at, session))
    found = line(at, session)
    assert [(one["number"], one["name"], one["status"]) for one in found["items"]] == [
        (4, "丁*", "ARRIVED"),
        (3, "丙*", "ARRIVED"),
        (2, "乙*", "BOOKED"),
        (1, "甲*", "FULFILLED"),
    ]
    assert [one.get("room") for one in found["items"]] == [ROOM, None, None, None]
    assert found["more"] is False
    assert "甲一" not in str(found)
    assert [len(log_of(who, "appointment.read")) for who in people] == [1, 1, 1, 1, 0]
    short = line(at, session, limit=1)
    assert ([one["number"] for one in short["items"]], short["more"]) == ([4], True)
    assert [len(log_of(who, "appointment.read")) for who in people] == [1, 1, 1, 2, 0]


def test_desks_that_call_at_once_call_different_people(world: World, clinic: Clinic) -> None:
    """And nobody is told that nobody waits while somebody does."""
    session = todays(clinic, units=CALLERS)
    waiting = [taken(world, session, patient(world), A.ARRIVED) for _ in range(CALLERS)]
    desk(world)
    race = race_of(world, terminal=terminal_of(world))
    assert sorted(run(race, [Act(kind="call", about=session)] * CALLERS)) == sorted(waiting)
    assert calls(world) == {1: CALLERS}


def test_of_six_desks_that_call_the_last_two_each_get_one(world: World, clinic: Clinic) -> None:
    session = todays(clinic, units=2)
    waiting = [taken(world, session, patient(world), A.ARRIVED) for _ in range(2)]
    desk(world)
    race = race_of(world, terminal=terminal_of(world))
    outcomes = Counter(run(race, [Act(kind="call", about=session)] * CALLERS))
    assert outcomes == {**dict.fromkeys(waiting, 1), "CALL_NOBODY_WAITS": CALLERS - 2}
    assert calls(world) == {1: 2}


def calls(world: World) -> Counter[int]:
    """How many were called how often."""
    with world.database.separate() as tx:
        return Counter(tx.scalars(text("SELECT calls FROM appointments")))
