"""A hospital releases its own sessions, on terms that fit together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.hospital.states import SessionState
from tests.app.family.steps import done, refused
from tests.app.hospital.planting import Clinic, plant
from tests.app.hospital.rush.steps import RELEASES, Desk, hospital
from tests.app.world import World


def at(world: World, minutes: float) -> str:
    return (world.clock.now() + timedelta(minutes=minutes)).isoformat()


def test_a_release_is_public_and_its_progress_the_hospitals(world: World, desk: Desk) -> None:
    session = desk.clinic.session()
    made = done(desk.send(desk.body(session)), 201)
    assert (made["mode"], made["session_ids"], made["tickets"], made["used"]) == (
        "FIFO",
        [session],
        0,
        0,
    )
    shown = done(world.client.get(f"/v1/releases/{made['id']}"))
    assert shown == {k: v for k, v in made.items() if k not in {"tickets", "used"}}
    assert done(world.client.get(f"/v1/clinic-sessions/{session}/release")) == shown


def test_a_session_without_a_release_says_so(world: World, clinic: Clinic) -> None:
    answer = world.client.get(f"/v1/clinic-sessions/{clinic.session()}/release")
    assert refused(answer) == (404, "RELEASE_UNKNOWN")


@pytest.mark.parametrize(
    "minutes",
    [
        {"opens_at": -1},
        {"opens_at": 121},
        {"tickets_from": 11},
        {"tickets_from": 5, "tickets_until": 5},
        {"tickets_until": 121},
        {"closes_at": 60 * 24 * 14 + 1},
    ],
    ids=["opened", "never open", "late tickets", "no tickets", "tickets after the end", "long"],
)
def test_moments_that_do_not_follow_each_other_are_refused(
    world: World, desk: Desk, minutes: dict[str, float]
) -> None:
    changes = {name: at(world, moment) for name, moment in minutes.items()}
    assert refused(desk.send(desk.body(**changes))) == (422, "RELEASE_TERMS_INVALID")


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "LOTTERY"},
        {"public_source": "双色球"},
        {"mode": "LOTTERY", "public_source": "双色球", "tickets_until": 11},
    ],
    ids=["without a source", "fifo with a source", "entries after the opening"],
)
def test_a_lottery_names_its_number_and_ends_its_entries_before(
    world: World, desk: Desk, changes: dict[str, Any]
) -> None:
    if "tickets_until" in changes:
        changes = changes | {"tickets_until": at(world, changes["tickets_until"])}
    assert refused(desk.send(desk.body(**changes))) == (422, "RELEASE_TERMS_INVALID")


def test_sessions_of_others_or_not_yet_open_then_are_refused(world: World, desk: Desk) -> None:
    other = plant(world, "市第二人民医院")
    late = desk.clinic.session(opens_at=world.clock.now() + timedelta(minutes=11))
    stopped = desk.clinic.session(state=SessionState.STOPPED, units=0)
    own = desk.clinic.session()
    for sessions in ([other.session()], [late], [stopped], ["ses_none"], [own, own]):
        answer = desk.send(desk.body(*sessions))
        assert refused(answer) == (422, "RELEASE_SESSIONS_INVALID")


def test_a_session_belongs_to_one_release_until_that_is_withdrawn(desk: Desk) -> None:
    session = desk.clinic.session()
    first = desk.release(session)
    assert refused(desk.send(desk.body(session))) == (409, "RELEASE_SESSION_TAKEN")
    withdrawn = done(desk.device.post(f"{RELEASES}/{first}/withdrawal"))
    assert withdrawn["withdrawn_at"]
    assert withdrawn["session_ids"] == []
    assert desk.release(session) != first
    again = desk.device.post(f"{RELEASES}/{first}/withdrawal")
    assert refused(again) == (409, "RELEASE_BEGUN")


def test_what_has_begun_is_not_withdrawn(world: World, desk: Desk) -> None:
    release = desk.release()
    world.clock.advance(minutes=10)
    world.log_in_again(desk.device)
    answer = desk.device.post(f"{RELEASES}/{release}/withdrawal")
    assert refused(answer) == (409, "RELEASE_BEGUN")


def test_another_hospital_sees_and_withdraws_nothing(world: World, desk: Desk) -> None:
    release = desk.release()
    other = hospital(world, plant(world, "市第二人民医院"), "市第二人民医院")
    assert refused(other.device.get(f"{RELEASES}/{release}")) == (404, "RELEASE_UNKNOWN")
    answer = other.device.post(f"{RELEASES}/{release}/withdrawal")
    assert refused(answer) == (404, "RELEASE_UNKNOWN")


def test_a_pharmacy_releases_nothing(world: World, desk: Desk) -> None:
    till = world.terminal(scopes=frozenset({"hospital.schedule"}))
    answer = till.post(RELEASES, desk.body())
    assert refused(answer) == (403, "HOSPITAL_NOT_YOURS")


def test_the_database_keeps_what_was_published(world: World, desk: Desk) -> None:
    desk.release()
    with pytest.raises(DBAPIError) as refusal, world.database.separate() as tx:
        tx.execute(text("UPDATE releases SET admits_per_minute = 1"))
    assert isinstance(refusal.value.orig, RestrictViolation)
