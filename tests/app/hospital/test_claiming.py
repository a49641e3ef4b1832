"""Places change hands in one way only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from psycopg.errors import CheckViolation, RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.errors import DomainError, ErrorKind
from app.hospital.errors import (
    APPOINTMENT_OVERLAPS,
    APPOINTMENT_SAME_DEPARTMENT_DAY,
    APPOINTMENT_SAME_DOCTOR_DAY,
)
from app.hospital.service.claiming.claims import Claimed, Wanted, claim
from app.hospital.service.claiming.moves import Move, Moved, move
from app.hospital.states import AppointmentState, SessionState, UnitState
from tests.app.family.steps import relative
from tests.app.hospital.planting import Clinic
from tests.app.world import World

_HOLD = timedelta(minutes=10)


def _person(world: World, name: str = "张伟") -> str:
    return relative(world, name).person_id(world)


def _hold(world: World, person: str, session: str, **changes: object) -> Claimed | None:
    now = world.clock.now()
    wanted: dict[str, object] = {
        "person_id": person,
        "session_id": session,
        "state": AppointmentState.PENDING_PAYMENT,
        "deadline": now + _HOLD,
        **changes,
    }
    with world.database.direct() as tx:
        return claim(tx, Wanted(**wanted), now)  # type: ignore[arg-type]


def _move(world: World, appointment: str, step: Move) -> Moved | None:
    with world.database.direct() as tx:
        return move(tx, appointment, step, world.clock.now())


def _unit_states(world: World, session: str) -> list[str]:
    query = text("SELECT state FROM slot_units WHERE session_id = :session ORDER BY number")
    with world.database.separate() as tx:
        return list(tx.scalars(query, {"session": session}))


def test_the_lowest_free_number_is_taken_and_then_none_is_left(
    world: World, clinic: Clinic
) -> None:
    session = clinic.session(units=2)
    first = _hold(world, _person(world, "甲"), session)
    second = _hold(world, _person(world, "乙"), session)
    assert (first and first.number, second and second.number) == (1, 2)
    assert _hold(world, _person(world, "丙"), session) is None
    assert _unit_states(world, session) == ["HELD", "HELD"]


@pytest.mark.parametrize(
    ("channel", "state"), [("window", SessionState.PUBLISHED), ("app", SessionState.DRAFT)]
)
def test_what_is_not_for_the_public_is_not_taken(
    world: World, clinic: Clinic, channel: str, state: SessionState
) -> None:
    session = clinic.session(state=state, channel=channel)
    assert _hold(world, _person(world), session) is None


def test_a_session_that_is_not_open_yet_has_nothing(world: World, clinic: Clinic) -> None:
    session = clinic.session(opens_at=world.clock.now() + timedelta(hours=1))
    person = _person(world)
    assert _hold(world, person, session, opened=world.clock.now()) is None
    assert _hold(world, person, session) is not None


def test_a_window_can_be_chosen(world: World, clinic: Clinic) -> None:
    session = clinic.session()
    first = _hold(world, _person(world, "甲"), session)
    assert first is not None
    window = first.starts_at + timedelta(minutes=20)
    chosen = _hold(world, _person(world, "乙"), session, window=window)
    assert chosen is not None
    assert (chosen.number, chosen.starts_at) == (3, window)


def test_every_wish_counts_alone_and_with_the_others(world: World, clinic: Clinic) -> None:
    session, person = clinic.session(units=3), _person(world)
    units = text("SELECT id, starts_at FROM slot_units WHERE session_id = :session ORDER BY number")
    fee = text("SELECT fee FROM clinic_sessions WHERE id = :session")
    with world.database.separate() as tx:
        _, (second, window), (third, _) = tx.execute(units, {"session": session}).all()
        price = tx.scalar(fee, {"session": session})
    met = {"opened": world.clock.now(), "fee": price, "window": window, "unit_id": second}
    unmet = {
        "opened": world.clock.now() - timedelta(days=99),
        "fee": price + 1,
        "window": window + timedelta(minutes=1),
        "unit_id": third,
    }
    for wish, value in unmet.items():
        assert _hold(world, person, session, **{**met, wish: value}) is None
        if wish != "unit_id":
            assert _hold(world, person, session, **{wish: value}) is None
    taken = _hold(world, person, session, **met)
    assert taken is not None
    assert taken.unit_id == second


def test_a_place_that_is_taken_is_announced_once_and_none_that_is_not(
    world: World, clinic: Clinic
) -> None:
    session = clinic.session(units=1)
    held = _hold(world, _person(world, "甲"), session)
    assert held is not None
    assert _hold(world, _person(world, "乙"), session) is None
    messages = text("SELECT key, payload FROM outbox_messages WHERE topic = 'appointment.changed'")
    with world.database.separate() as tx:
        ((key, payload),) = tx.execute(messages).all()
    assert key == payload["appointment"] == held.appointment_id
    assert (payload["sequence"], payload["kind"]) == (1, "pending_payment")
    assert payload["at"] == world.clock.now().isoformat()


@pytest.mark.parametrize("same", ["department", "doctor", "time"])
def test_a_person_has_one_place_of_a_kind_a_day(world: World, clinic: Clinic, same: str) -> None:
    others = {
        "department": ({"practitioner_id": clinic.practitioner(), "hour": 14}, "DEPARTMENT"),
        "doctor": ({"department_id": clinic.department(), "hour": 14}, "DOCTOR"),
        "time": (
            {"department_id": clinic.department(), "practitioner_id": clinic.practitioner()},
            "OVERLAPS",
        ),
    }
    changes, _ = others[same]
    person = _person(world)
    assert _hold(world, person, clinic.session()) is not None
    with pytest.raises(DomainError) as refused:
        _hold(world, person, clinic.session(**changes))  # type: ignore[arg-type]
    kinds: dict[str, ErrorKind] = {
        "department": APPOINTMENT_SAME_DEPARTMENT_DAY,
        "doctor": APPOINTMENT_SAME_DOCTOR_DAY,
        "time": APPOINTMENT_OVERLAPS,
    }
    assert refused.value.kind == kinds[same]


def test_a_refused_quota_leaves_no_trace(world: World, clinic: Clinic) -> None:
    person, second = _person(world), clinic.session(hour=14)
    assert _hold(world, person, clinic.session()) is not None
    with pytest.raises(DomainError):
        _hold(world, person, second)
    assert _unit_states(world, second) == ["FREE"] * 3


def test_every_step_is_numbered_and_the_place_follows(world: World, clinic: Clinic) -> None:
    session = clinic.session(units=1)
    held = _hold(world, _person(world), session)
    assert held is not None
    for state, unit in (
        (AppointmentState.BOOKED, UnitState.BOOKED),
        (AppointmentState.ARRIVED, UnitState.CHECKED_IN),
        (AppointmentState.FULFILLED, UnitState.SERVED),
    ):
        assert _move(world, held.appointment_id, Move(state=state, actor="hospital")) is not None
        assert _unit_states(world, session) == [unit]
    query = text("SELECT sequence, kind FROM appointment_events ORDER BY sequence")
    with world.database.separate() as tx:
        assert [tuple(one) for one in tx.execute(query)] == [
            (1, "pending_payment"),
            (2, "booked"),
            (3, "arrived"),
            (4, "fulfilled"),
        ]


def test_a_cancelled_place_is_free_again_and_the_person_too(world: World, clinic: Clinic) -> None:
    session, person = clinic.session(units=1), _person(world)
    held = _hold(world, person, session)
    assert held is not None
    step = Move(state=AppointmentState.CANCELLED_PATIENT, actor="patient")
    assert _move(world, held.appointment_id, step) is not None
    assert _move(world, held.appointment_id, step) is None
    assert _hold(world, person, session) is not None


def test_a_deadline_divides_paying_from_expiring(world: World, clinic: Clinic) -> None:
    held = _hold(world, _person(world), clinic.session())
    assert held is not None
    early = Move(state=AppointmentState.EXPIRED, actor="system", too_late=world.clock.now())
    assert _move(world, held.appointment_id, early) is None
    world.clock.advance(minutes=10)
    now = world.clock.now()
    late = Move(state=AppointmentState.BOOKED, actor="patient", in_time=now)
    assert _move(world, held.appointment_id, late) is None
    over = Move(state=AppointmentState.EXPIRED, actor="system", too_late=now)
    assert _move(world, held.appointment_id, over) is not None


def test_the_database_refuses_a_place_without_its_appointment(world: World, clinic: Clinic) -> None:
    session = clinic.session(units=1)
    with pytest.raises(DBAPIError) as refused, world.database.separate() as tx:
        tx.execute(
            text("UPDATE slot_units SET state = 'BOOKED' WHERE session_id = :session"),
            {"session": session},
        )
    assert isinstance(refused.value.orig, CheckViolation)


@pytest.mark.parametrize(
    "alone",
    [
        "UPDATE appointments SET state = 'BOOKED'",
        "UPDATE appointments SET state = 'EXPIRED'",
        "UPDATE slot_units SET state = 'BOOKED' WHERE state = 'HELD'",
        "UPDATE slot_units SET state = 'FREE' WHERE state = 'HELD'",
        "UPDATE slot_units SET state = 'BLOCKED' WHERE state = 'HELD'",
        "UPDATE slot_units SET state = 'OFFERED' WHERE state = 'HELD'",
    ],
)
def test_the_database_refuses_a_place_and_an_appointment_that_disagree(
    world: World, clinic: Clinic, alone: str
) -> None:
    assert _hold(world, _person(world), clinic.session()) is not None
    with pytest.raises(DBAPIError) as refused, world.database.separate() as tx:
        tx.execute(text(alone))
    assert isinstance(refused.value.orig, CheckViolation)


def test_both_may_move_in_either_order_before_the_commit(world: World, clinic: Clinic) -> None:
    assert _hold(world, _person(world), clinic.session()) is not None
    with world.database.separate() as tx:
        tx.execute(text("UPDATE appointments SET state = 'BOOKED'"))
        tx.execute(text("UPDATE slot_units SET state = 'BOOKED' WHERE state = 'HELD'"))
    with world.database.separate() as tx:
        tx.execute(text("UPDATE slot_units SET state = 'CHECKED_IN' WHERE state = 'BOOKED'"))
        tx.execute(text("UPDATE appointments SET state = 'ARRIVED'"))


def test_the_database_refuses_a_second_owner(world: World, clinic: Clinic) -> None:
    held = _hold(world, _person(world, "甲"), clinic.session())
    other = _person(world, "乙")
    assert held is not None
    copy = text(
        "INSERT INTO appointments SELECT (jsonb_populate_record(a, jsonb_build_object("
        "'id', 'apt_second', 'person_id', CAST(:other AS text)))).* FROM appointments a"
    )
    with (
        pytest.raises(IntegrityError, match="uq_appointments_one_of_unit"),
        world.database.separate() as tx,
    ):
        tx.execute(copy, {"other": other})


def test_the_database_refuses_a_pool_that_miscounts(world: World, clinic: Clinic) -> None:
    session = clinic.session()
    with pytest.raises(DBAPIError) as refused, world.database.separate() as tx:
        tx.execute(
            text("UPDATE unit_pools SET size = size + 1 WHERE session_id = :session"),
            {"session": session},
        )
    assert isinstance(refused.value.orig, CheckViolation)


def test_what_happened_is_never_rewritten(world: World, clinic: Clinic) -> None:
    _hold(world, _person(world), clinic.session())
    with pytest.raises(DBAPIError) as refused, world.database.separate() as tx:
        tx.execute(text("UPDATE appointment_events SET kind = 'booked'"))
    assert isinstance(refused.value.orig, RestrictViolation)


def test_a_session_with_appointments_keeps_its_doctor(world: World, clinic: Clinic) -> None:
    _hold(world, _person(world), clinic.session())
    other = clinic.practitioner()
    with pytest.raises(DBAPIError) as refused, world.database.separate() as tx:
        tx.execute(text("UPDATE clinic_sessions SET practitioner_id = :other"), {"other": other})
    assert isinstance(refused.value.orig, RestrictViolation)
