"""Giving a place up in time costs nothing; the waitlist hears of it before anybody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.family.steps import done, log_of, refused, relative
from tests.app.hospital.city import CITY
from tests.app.hospital.fakes import FakeParts
from tests.app.hospital.planting import Clinic
from tests.app.hospital.steps import (
    booked,
    cancel,
    fees,
    held,
    patient,
    read,
    settlements,
    units,
    until_day_of,
    work_off,
)
from tests.app.settlement.steps import sound
from tests.app.world import World

DAY = 24 * 60


def test_in_time_the_whole_fee_goes_back(
    world: World, clinic: Clinic, parts: FakeParts, tmp_path: Path
) -> None:
    who, session = patient(world, tmp_path), clinic.session()
    made = booked(who, session)
    answer = done(cancel(who, made["id"]))
    assert (answer["status"], answer["fee_status"]) == ("CANCELLED_PATIENT", "RETURNING")
    assert units(world, session) == ["FREE"] * 3
    assert [state for _, state in parts.vacancies] == ["FREE"]
    assert parts.late == []
    work_off(world)
    assert (fees(world), settlements(world)) == (["RETURNED"], ["REVERSED"])
    assert read(who, made["id"])["fee_status"] == "RETURNED"
    assert len(log_of(who, "appointment.cancelled")) == 1
    sound(world)


@pytest.mark.parametrize(
    ("fee_class", "minutes", "counted"),
    [
        # A session at nine: until three the day before, 18 hours ahead.
        ("expert", 18 * 60 + 1, 0),
        ("expert", 18 * 60 - 1, 1),
        ("special", 18 * 60 - 1, 1),
        ("ordinary", 31, 0),
        ("ordinary", 29, 1),
    ],
)
def test_after_its_deadline_a_cancellation_counts(  # noqa: PLR0917 - fixtures
    world: World, clinic: Clinic, parts: FakeParts, fee_class: str, minutes: int, counted: int
) -> None:
    who, session = relative(world, "张伟"), clinic.session(fee_class=fee_class, fee=0)
    made = booked(who, session)
    until_day_of(world, session, who, minutes=minutes)
    done(cancel(who, made["id"]))
    assert parts.late == [made["id"]] * counted
    assert read(who, made["id"])["events"][-1]["detail"] == {"late": counted == 1}


@pytest.mark.parametrize("state", ["RETURNED", "PAID"])
def test_late_the_fee_goes_back_where_the_rules_say_so(
    world: World, clinic: Clinic, parts: FakeParts, tmp_path: Path, state: str
) -> None:
    parts.policy = replace(CITY, refunds_late=state == "RETURNED")
    who, session = patient(world, tmp_path), clinic.session()
    made = booked(who, session)
    until_day_of(world, session, who, minutes=60)
    done(cancel(who, made["id"]))
    work_off(world)
    assert fees(world) == [state]


def test_a_hold_never_counts(world: World, clinic: Clinic, parts: FakeParts) -> None:
    who, session = relative(world, "张伟"), clinic.session(days=1)
    made = held(who, session)  # four in the afternoon: three is over
    done(cancel(who, made["id"]))
    assert parts.late == []


def test_it_is_given_up_once(world: World, clinic: Clinic, parts: FakeParts) -> None:
    who = relative(world, "张伟")
    made = booked(who, clinic.session(fee=0))
    done(cancel(who, made["id"]))
    assert refused(cancel(who, made["id"])) == (409, "APPOINTMENT_MOVED_ON")
    assert len(parts.vacancies) == 1


def test_what_is_over_is_not_given_up(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session(fee=0)
    made = booked(who, session)
    until_day_of(world, session, who, minutes=-10)
    assert refused(cancel(who, made["id"])) == (409, "APPOINTMENT_TOO_LATE")


def test_the_rush_and_conduct_are_asked_before_a_place_is_held(
    world: World, clinic: Clinic, parts: FakeParts
) -> None:
    who, session = relative(world, "张伟"), clinic.session()
    body = {"session_id": session}
    parts.tickets[session] = "good"
    answer = who.phone.post("/v1/appointments", body)
    assert refused(answer) == (403, "NO_ADMISSION")
    parts.restricted = frozenset({who.person_id(world)})
    answer = who.phone.post("/v1/appointments", {**body, "ticket": "good"})
    assert refused(answer) == (403, "RESTRICTED")
    assert units(world, session) == ["FREE"] * 3
    parts.restricted = frozenset()
    assert held(who, session, ticket="good")["source"] == "ticket"
