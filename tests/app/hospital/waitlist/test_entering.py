"""Who may wait for what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.hospital.states import SessionState
from tests.app.family.steps import accepted, done, later, log_of, refused, relative
from tests.app.hospital.planting import Clinic
from tests.app.hospital.waitlist.steps import (
    CHINA,
    ENTRIES,
    entered,
    full,
    seen,
    status,
    waiting,
    wish,
)
from tests.app.world import World

UNKNOWN = "hos_" + "0" * 26


def day(world: World, ahead: int) -> str:
    return (world.clock.now().astimezone(CHINA).date() + timedelta(days=ahead)).isoformat()


def test_somebody_waits_and_sees_how_many_come_first(world: World, clinic: Clinic) -> None:
    full(world, clinic)
    _, first = waiting(world, clinic, "甲")
    who, second = waiting(world, clinic, "乙", practitioner_id=clinic.practitioner_id)
    assert seen(who, second) | {"created_at": "", "changed_at": ""} == {
        "id": second,
        "status": "WAITING",
        "before": 1,
        "hospital_id": clinic.hospital_id,
        "department_id": clinic.department_id,
        "practitioner_id": clinic.practitioner_id,
        "from_day": day(world, 0),
        "to_day": day(world, 7),
        "half_days": ["morning"],
        "most_fee": 6000,
        "mode": "offer",
        "people": [{}],
        "places": [],
        "skips": [],
        "created_at": "",
        "changed_at": "",
    }
    assert first < second


def test_who_waits_for_something_else_does_not_come_first(world: World, clinic: Clinic) -> None:
    session, _ = full(world, clinic)
    waiting(world, clinic, "甲", half_days=["afternoon"])
    waiting(world, clinic, "乙", to_day=day(world, 2))
    waiting(world, clinic, "丙", practitioner_id=clinic.practitioner())
    who, entry = waiting(
        world,
        clinic,
        "丁",
        from_day=day(world, 3),
        session_id=session,
        practitioner_id=clinic.practitioner_id,
    )
    assert seen(who, entry)["before"] == 0


def test_nobody_waits_for_what_can_be_booked(world: World, clinic: Clinic) -> None:
    session = clinic.session()
    answer = relative(world, "甲").phone.post(ENTRIES, wish(world, clinic))
    assert refused(answer) == (409, "WAITLIST_PLACE_FREE")
    assert answer.json["session_id"] == session


def test_a_session_that_opens_later_is_not_free_yet(world: World, clinic: Clinic) -> None:
    clinic.session(opens_at=world.clock.now() + timedelta(hours=1))
    who, entry = waiting(world, clinic, "甲")
    assert status(who, entry) == "WAITING"


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"hospital_id": UNKNOWN}, "WAITLIST_NOWHERE", "/hospital_id"),
        ({"department_id": UNKNOWN}, "WAITLIST_NOWHERE", "/department_id"),
        ({"practitioner_id": UNKNOWN}, "WAITLIST_NOWHERE", "/practitioner_id"),
        ({"session_id": UNKNOWN}, "WAITLIST_NOWHERE", "/session_id"),
        ({"from_day": "2026-11-22"}, "WAITLIST_DAYS", "/from_day"),
        ({"from_day": "2026-11-30", "to_day": "2026-11-29"}, "WAITLIST_DAYS", "/from_day"),
        ({"to_day": "2026-12-07"}, "WAITLIST_DAYS", "/to_day"),
        ({"half_days": ["noon"]}, "INVALID_FIELD", "/half_days/0"),
        ({"people": [{}, {}]}, "WAITLIST_MEMBER_TWICE", "/people/1"),
        ({"most_fee": "1"}, "INVALID_FIELD", "/most_fee"),
    ],
)
def test_what_nobody_can_wait_for_is_refused(
    world: World, clinic: Clinic, changes: dict[str, Any], code: str, pointer: str
) -> None:
    answer = relative(world, "甲").phone.post(ENTRIES, wish(world, clinic, **changes))
    assert refused(answer) == (422, code)
    assert answer.json["pointer"] == pointer


@pytest.mark.parametrize(
    "changes", [{"state": SessionState.DRAFT}, {"opens_at": "later"}, {"days": 10}]
)
def test_only_a_session_that_has_opened_is_waited_for(
    world: World, clinic: Clinic, changes: dict[str, Any]
) -> None:
    if "opens_at" in changes:
        changes = {"opens_at": world.clock.now() + timedelta(minutes=1)}
    session = clinic.session(**changes)
    answer = relative(world, "甲").phone.post(ENTRIES, wish(world, clinic, session_id=session))
    assert refused(answer) == (422, "WAITLIST_NOWHERE")


def test_the_last_day_of_the_window_opens_at_the_hour_of_release(
    world: World, clinic: Clinic
) -> None:
    who = relative(world, "甲")  # the clock says 16:00 in China
    later(world, who, days=14.5 / 24)
    last = day(world, 13)
    body = wish(world, clinic, to_day=last)
    assert refused(who.phone.post(ENTRIES, body)) == (422, "WAITLIST_DAYS")
    later(world, who, days=0.5 / 24)
    done(who.phone.post(ENTRIES, body), 201)


def test_a_person_waits_for_three_things_at_most(world: World, clinic: Clinic) -> None:
    who, first = waiting(world, clinic, "甲")
    for _ in range(2):
        entered(world, clinic, who)
    again = who.phone.post(ENTRIES, wish(world, clinic))
    assert refused(again) == (409, "WAITLIST_TOO_MANY")
    done(who.phone.post(f"{ENTRIES}/{first}/withdrawal"))
    entered(world, clinic, who)


def test_a_child_or_elder_is_entered_by_mandate_and_their_log_says_so(
    world: World, clinic: Clinic
) -> None:
    elder, agent = relative(world, "欧阳修"), relative(world, "苏轼")
    mandate = accepted(world, elder, agent, purposes=["01101"], merchant_kinds=["hospital"])
    entry = entered(world, clinic, agent, people=[{}, {"mandate_id": mandate}])
    assert seen(agent, entry)["people"] == [{}, {"mandate_id": mandate}]
    (logged,) = log_of(elder, "waitlist.entered")
    assert logged["actor"] == "苏*"
    assert len(log_of(agent, "waitlist.entered")) == 1


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"purposes": ["02121"], "merchant_kinds": ["hospital"]}, "MANDATE_PURPOSE"),
        ({"purposes": ["01101"], "merchant_kinds": ["pharmacy"]}, "MANDATE_MERCHANT"),
    ],
)
def test_a_mandate_for_something_else_does_not_do(
    world: World, clinic: Clinic, terms: dict[str, Any], code: str
) -> None:
    elder, agent = relative(world, "欧阳修"), relative(world, "苏轼")
    mandate = accepted(world, elder, agent, **terms)
    body = wish(world, clinic, people=[{"mandate_id": mandate}])
    assert refused(agent.phone.post(ENTRIES, body)) == (409, code)
    assert refused(elder.phone.post(ENTRIES, body)) == (403, "MANDATE_NOT_YOURS")


def test_an_entry_is_of_who_made_it(world: World, clinic: Clinic) -> None:
    _, entry = waiting(world, clinic, "甲")
    stranger = relative(world, "乙")
    unknown = (404, "WAITLIST_ENTRY_UNKNOWN")
    assert refused(stranger.phone.get(f"{ENTRIES}/{entry}")) == unknown
    for act in ("acceptance", "refusal", "withdrawal"):
        assert refused(stranger.phone.post(f"{ENTRIES}/{entry}/{act}")) == unknown
    assert done(stranger.phone.get(ENTRIES)) == {"items": []}


def test_entries_come_page_by_page(world: World, clinic: Clinic) -> None:
    who, first = waiting(world, clinic, "甲")
    second = entered(world, clinic, who)
    page = done(who.phone.get(f"{ENTRIES}?limit=1"))
    assert [one["id"] for one in page["items"]] == [second]
    rest = done(who.phone.get(f"{ENTRIES}?limit=1&cursor={page['next']}"))
    assert [one["id"] for one in rest["items"]] == [first]
    assert "next" not in rest
