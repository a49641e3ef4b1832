"""What anybody finds of hospitals, doctors and sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.core.ids import new_id
from app.hospital.models.places import Campus
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.states import AppointmentState, SessionState
from tests.app.family.steps import relative
from tests.app.hospital.planting import Clinic, plant
from tests.app.world import World

SESSIONS = "/v1/clinic-sessions"


def _found(world: World, path: str, **query: Any) -> list[dict[str, Any]]:
    """All pages of an answer, two items each."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        asked = {**query, "limit": 2, **({} if cursor is None else {"cursor": cursor})}
        answer = world.client.get(path, query_string=asked)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json or {}
        items += told["items"]
        cursor = told.get("next")
        if cursor is None:
            return items


def _ids(world: World, path: str, **query: Any) -> list[str]:
    return [one["id"] for one in _found(world, path, **query)]


def _refusal(world: World, path: str, **query: Any) -> tuple[int, str]:
    answer = world.client.get(path, query_string=query)
    return answer.status_code, answer.json["code"]


def _book(world: World, session: str, name: str) -> None:
    now = world.clock.now()
    wanted = Wanted(
        person_id=relative(world, name).person_id(world),
        session_id=session,
        state=AppointmentState.BOOKED,
        deadline=None,
    )
    with world.database.direct() as tx:
        assert claim(tx, wanted, now) is not None


def _run(world: World, statement: str, **values: Any) -> None:
    with world.database.separate() as tx:
        tx.execute(text(statement), values)


def _far_campus(clinic: Clinic) -> str:
    """Another campus, about 11 km north of the first; returns a department there."""
    campus = new_id("cam", clinic.clock.now())
    with clinic.database.separate() as tx:
        tx.add(
            Campus(
                id=campus,
                hospital_id=clinic.hospital_id,
                external_id="C2",
                name="北院区",
                address="北山路2号",
                latitude=30.1,
                longitude=120.0,
                changed_at=clinic.clock.now(),
            )
        )
    department = clinic.department("骨科")
    with clinic.database.separate() as tx:
        move = "UPDATE departments SET campus_id = :campus WHERE id = :id"
        tx.execute(text(move), {"campus": campus, "id": department})
    return department


@pytest.mark.parametrize("q", ["第一人民", "yrmyy", "YRMYY"])
def test_a_hospital_is_found_by_a_part_of_its_name_or_its_initials(world: World, q: str) -> None:
    clinic = plant(world)
    plant(world, "区卫生院")
    _run(world, "UPDATE hospitals SET initials = 'qwsy' WHERE id <> :id", id=clinic.hospital_id)
    assert _ids(world, "/v1/hospitals", q=q) == [clinic.hospital_id]


@pytest.mark.parametrize("q", ["%", "_", "\\", "' OR true --"])
def test_signs_of_patterns_are_taken_literally(world: World, clinic: Clinic, q: str) -> None:
    assert clinic.hospital_id
    assert _found(world, "/v1/hospitals", q=q) == []


def test_the_nearest_come_first_and_distances_are_metres(world: World, clinic: Clinic) -> None:
    far = _far_campus(clinic)
    departments = _found(world, "/v1/departments", near="30.0,120.0")
    assert [one["id"] for one in departments] == [clinic.department_id, far]
    assert [one["campus"]["distance"] for one in departments] == [0, 11120]
    north = _found(world, "/v1/departments", near="30.1,120.0", within=5000)
    assert [one["id"] for one in north] == [far]
    (hospital,) = _found(world, "/v1/hospitals", near="30.1,120.0")
    assert [one["name"] for one in hospital["campuses"]] == ["北院区", "本部"]


def test_nobody_is_far_from_where_nobody_is(world: World, clinic: Clinic) -> None:
    (hospital,) = _found(world, "/v1/hospitals")
    assert "distance" not in hospital["campuses"][0]
    assert clinic.hospital_id == hospital["id"]


def test_doctors_are_found_with_the_departments_they_see_patients_in(
    world: World, clinic: Clinic
) -> None:
    clinic.session()
    other = clinic.practitioner("扁鹊")
    (found,) = _found(world, "/v1/practitioners", department=clinic.department_id)
    assert found["id"] == clinic.practitioner_id
    assert [one["name"] for one in found["departments"]] == ["内科"]
    (idle,) = _found(world, "/v1/practitioners", q="扁鹊")
    assert (idle["id"], idle["departments"]) == (other, [])


def test_a_count_is_that_of_the_moment(world: World, clinic: Clinic) -> None:
    session = clinic.session(units=3)
    _book(world, session, "甲")
    (found,) = _found(world, SESSIONS)
    assert (found["id"], found["places"], found["free"], found["open"]) == (session, 3, 2, True)
    windows = world.client.get(f"{SESSIONS}/{session}").json["windows"]
    assert [one["free"] for one in windows] == [1, 1]


def test_places_of_other_channels_are_not_the_publics(world: World, clinic: Clinic) -> None:
    session = clinic.session(channel="window")
    (found,) = _found(world, SESSIONS)
    assert (found["places"], found["free"]) == (0, 0)
    assert world.client.get(f"{SESSIONS}/{session}").json["windows"] == []


def test_what_is_not_open_yet_says_when_it_will_be(world: World, clinic: Clinic) -> None:
    opens_at = world.clock.now() + timedelta(hours=2)
    clinic.session(opens_at=opens_at)
    (found,) = _found(world, SESSIONS)
    assert found["open"] is False
    assert found["opens_at"] == opens_at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("q", ["华佗", "内科 华佗", "hua", "nk"])
def test_each_word_is_of_hospital_department_or_doctor(
    world: World, clinic: Clinic, q: str
) -> None:
    _run(world, "UPDATE practitioners SET initials = 'ht hua'")
    _run(world, "UPDATE departments SET initials = 'nk'")
    session = clinic.session()
    clinic.session(
        department_id=clinic.department("骨科"), practitioner_id=clinic.practitioner("扁鹊")
    )
    _run(world, "UPDATE departments SET initials = 'gk' WHERE name = '骨科'")
    _run(world, "UPDATE practitioners SET initials = 'bq' WHERE name = '扁鹊'")
    assert _ids(world, SESSIONS, q=q) == [session]


def test_words_that_fit_together_nowhere_find_nothing(world: World, clinic: Clinic) -> None:
    clinic.session()
    clinic.practitioner("扁鹊")
    assert _ids(world, SESSIONS, q="内科 扁鹊") == []


def test_filters_narrow_and_pages_lose_nothing(world: World, clinic: Clinic) -> None:
    mornings = [clinic.session(days=n) for n in range(1, 6)]
    afternoon = clinic.session(days=2, hour=14, half_day="afternoon", fee_class="ordinary")
    day = (world.clock.now() + timedelta(days=2)).date().isoformat()
    assert _ids(world, SESSIONS) == [*mornings[:2], afternoon, *mornings[2:]]
    assert _ids(world, SESSIONS, half_day="afternoon") == [afternoon]
    assert _ids(world, SESSIONS, fee_class="expert") == mornings
    assert _ids(world, SESSIONS, day_from=day, day_to=day) == [mornings[1], afternoon]
    assert _ids(world, SESSIONS, hospital=plant(world, "区卫生院").hospital_id) == []


def test_of_each_day_the_nearest_come_first_through_all_pages(world: World, clinic: Clinic) -> None:
    far = _far_campus(clinic)
    by_day = []
    for day in (1, 2):
        distant = clinic.session(days=day, hour=8, department_id=far)
        close = [clinic.session(days=day, hour=hour) for hour in (9, 14)]
        by_day += [*close, distant]
    assert _ids(world, SESSIONS, near="30,120") == by_day
    assert len(_ids(world, SESSIONS, near="30,120", within=1000)) == 4


@pytest.mark.parametrize("gone", ["hospitals", "departments", "practitioners"])
def test_what_is_suspended_is_not_found(world: World, clinic: Clinic, gone: str) -> None:
    clinic.session()
    _run(world, f"UPDATE {gone} SET state = 'SUSPENDED'")  # noqa: S608 - a table of ours
    assert _found(world, SESSIONS) == []
    assert _found(world, f"/v1/{gone}") == []


def test_a_draft_is_nobodys_business(world: World, clinic: Clinic) -> None:
    session = clinic.session(state=SessionState.DRAFT)
    assert _found(world, SESSIONS) == []
    assert _refusal(world, f"{SESSIONS}/{session}") == (404, "SESSION_UNKNOWN")


def test_a_session_that_was_called_off_says_so_and_has_nothing(
    world: World, clinic: Clinic
) -> None:
    session = clinic.session()
    _run(world, "UPDATE slot_units SET state = 'BLOCKED'")
    _run(world, "UPDATE clinic_sessions SET state = 'STOPPED'")
    assert _found(world, SESSIONS) == []
    told = world.client.get(f"{SESSIONS}/{session}").json
    assert (told["status"], told["free"], told["windows"]) == ("STOPPED", 0, [])


def test_what_is_over_is_not_found(world: World, clinic: Clinic) -> None:
    session = clinic.session(days=1)
    world.clock.advance(days=3)
    assert _found(world, SESSIONS, day_from="2020-01-01", day_to="2020-01-31") == []
    assert _found(world, SESSIONS) == []
    assert world.client.get(f"{SESSIONS}/{session}").json["free"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"near": "91,0"},
        {"near": "30"},
        {"near": "30,120,5"},
        {"near": "nan,0"},
        {"within": 5},
        {"day_from": "2026-12-01", "day_to": "2026-11-30"},
        {"day_from": "2026-12-01", "day_to": "2027-12-01"},
        {"half_day": "noon"},
        {"fee_class": "free"},
        {"q": ""},
        {"q": "好" * 65},
        {"limit": 51},
        {"cursor": "1"},
        {"cursor": "ses_" + "0" * 26},
        {"hospital": "' OR 1=1"},
        {"unheard": "1"},
    ],
)
def test_a_question_nobody_can_answer_is_refused(world: World, query: dict[str, Any]) -> None:
    assert _refusal(world, SESSIONS, **query) == (422, "INVALID_FIELD")


def test_a_search_for_nearly_everything_is_refused(
    world: World, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.hospital.finding.service.words._MOST_HITS", 1)
    clinic.practitioner("华伦")
    clinic.session()
    assert _refusal(world, SESSIONS, q="华") == (422, "SEARCH_TOO_BROAD")
