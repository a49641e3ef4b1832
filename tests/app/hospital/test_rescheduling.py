"""A place is exchanged for another in one transaction, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.app.family.steps import Relative, done, log_of, refused, relative
from tests.app.hospital.fakes import FakeParts
from tests.app.hospital.planting import Clinic, plant
from tests.app.hospital.steps import (
    booked,
    cancel,
    fees,
    held,
    kinds,
    patient,
    read,
    settlements,
    units,
    until_day_of,
    work_off,
)
from tests.app.world import World


def move(who: Relative, appointment: str, session: str, **changes: str) -> TestResponse:
    body = {"session_id": session, **changes}
    return who.phone.post(f"/v1/appointments/{appointment}/rescheduling", body)


def test_the_new_place_is_booked_and_the_fee_is_handed_on(
    world: World, clinic: Clinic, parts: FakeParts, tmp_path: Path
) -> None:
    who, old, new = patient(world, tmp_path), clinic.session(), clinic.session(days=4)
    made = booked(who, old, consent="same_department")
    moved = done(move(who, made["id"], new), 201)
    assert (moved["status"], moved["replaces"]) == ("BOOKED", made["id"])
    assert (moved["fee_status"], moved["consent"]) == ("PAID", "same_department")
    assert read(who, made["id"])["status"] == "RESCHEDULED"
    assert "fee_status" not in read(who, made["id"])
    assert (units(world, old), units(world, new)) == (["FREE"] * 3, ["BOOKED", "FREE", "FREE"])
    assert [state for _, state in parts.vacancies] == ["FREE"]
    assert settlements(world) == ["SETTLED"]
    assert len(log_of(who, "appointment.rescheduled")) == 1
    done(cancel(who, moved["id"]))
    work_off(world)
    assert (fees(world), settlements(world)) == (["RETURNED"], ["REVERSED"])


def test_within_a_session_to_another_window(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session(fee=0)
    made = booked(who, session)
    with world.database.separate() as tx:
        query = text("SELECT starts_at FROM slot_units WHERE number = 3")
        window = tx.scalars(query).one().isoformat()
    moved = done(move(who, made["id"], session, window=window), 201)
    assert moved["number"] == 3
    assert units(world, session) == ["FREE", "FREE", "BOOKED"]


def test_where_the_other_is_full_the_old_place_stays(
    world: World, clinic: Clinic, parts: FakeParts
) -> None:
    who, other = relative(world, "甲"), relative(world, "乙")
    old, full = clinic.session(fee=0), clinic.session(days=4, units=1, fee=0)
    booked(other, full)
    made = booked(who, old)
    answer = move(who, made["id"], full)
    assert refused(answer) == (409, "SESSION_FULL")
    assert kinds(who, made["id"]) == ["booked"]
    assert units(world, old) == ["BOOKED", "FREE", "FREE"]
    assert parts.vacancies == []


@pytest.mark.parametrize("differs", ["fee", "item_code", "hospital"])
def test_only_for_the_same_fee_of_the_same_hospital(
    world: World, clinic: Clinic, differs: str
) -> None:
    who = relative(world, "张伟")
    made = booked(who, clinic.session(fee=0))
    if differs == "fee":
        other = clinic.session(days=4)
    elif differs == "item_code":
        other = clinic.session(days=4, fee=0, item_code="YL0002")
    else:
        other = plant(world, "市第二人民医院").session(days=4, fee=0)
    answer = move(who, made["id"], other)
    assert refused(answer) == (409, "APPOINTMENT_FEE_DIFFERS")


def test_too_late_to_cancel_for_nothing_is_too_late_to_move(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session(fee=0)
    made = booked(who, session)
    until_day_of(world, session, who, minutes=60)
    answer = move(who, made["id"], clinic.session(days=4, fee=0))
    assert refused(answer) == (409, "APPOINTMENT_TOO_LATE")


def test_a_hold_is_not_moved(world: World, clinic: Clinic) -> None:
    who = relative(world, "张伟")
    made = held(who, clinic.session())
    answer = move(who, made["id"], clinic.session(days=4))
    assert refused(answer) == (409, "APPOINTMENT_MOVED_ON")


def test_a_rush_is_not_passed_by_moving(world: World, clinic: Clinic, parts: FakeParts) -> None:
    who, rushed = relative(world, "张伟"), clinic.session(days=4, fee=0)
    parts.tickets[rushed] = "good"
    made = booked(who, clinic.session(fee=0))
    answer = move(who, made["id"], rushed)
    assert refused(answer) == (403, "NO_ADMISSION")
    moved = done(move(who, made["id"], rushed, ticket="good"), 201)
    assert moved["source"] == "ticket"
