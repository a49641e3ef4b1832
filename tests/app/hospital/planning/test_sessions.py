"""A hospital looks at its sessions, publishes drafts and puts other doctors in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.core.errors import UNAVAILABLE, DomainError
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from tests.app.hospital.planning.steps import (
    Bureau,
    bureau,
    department,
    places,
    pool,
    practitioner,
    session,
    window,
)
from tests.app.hospital.planting import called_off

SESSIONS = "/v1/hospital/sessions"


def page(his: Bureau, query: str = "day=2026-12-01") -> Any:
    answer = his.device.get(f"{SESSIONS}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json


def substitute(his: Bureau, of: str = "S1", practitioner: str = "P2") -> TestResponse:
    return his.device.post(f"{SESSIONS}/{of}/substitution", {"practitioner": practitioner})


def refused(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_a_day_is_listed_with_its_counts(his: Bureau) -> None:
    his.taken(session(pools=[pool(size=3), pool("window", 1)]), session(id="S2", day="2026-12-02"))
    his.hold()
    (item,) = page(his)["items"]
    assert (item["external_id"], item["department"], item["practitioner"]) == ("S1", "D1", "P1")
    assert (item["department_name"], item["practitioner_name"]) == ("心血管内科", "华佗")
    assert (item["status"], item["fee"], item["day"]) == ("PUBLISHED", 5000, "2026-12-01")
    counts = ("channel", "size", "free", "held", "booked", "blocked")
    assert sorted(tuple(one[name] for name in counts) for one in item["pools"]) == [
        ("app", 3, 2, 0, 1, 0),
        ("window", 1, 1, 0, 0, 0),
    ]


def test_a_day_is_paged_and_narrowed_to_a_department(his: Bureau) -> None:
    his.taken(department(id="D2"), *(session(id=f"S{n}", fee=n) for n in range(3)))
    his.taken(session(id="S9", department="D2"))
    first = page(his, "day=2026-12-01&limit=3")
    rest = page(his, f"day=2026-12-01&limit=3&cursor={first['next']}")
    listed = [one["external_id"] for one in first["items"] + rest["items"]]
    assert sorted(listed) == ["S0", "S1", "S2", "S9"]
    narrowed = page(his, "day=2026-12-01&department=D2")["items"]
    assert [one["external_id"] for one in narrowed] == ["S9"]


def test_a_hospital_sees_its_own_sessions_alone(his: Bureau) -> None:
    his.taken(session())
    other = bureau(his.world, "市中医院")
    assert page(other)["items"] == []
    own = his.session_id()
    assert refused(substitute(other, own)) == (404, "SESSION_UNKNOWN")


def test_a_draft_is_published_by_either_id(his: Bureau) -> None:
    his.taken(session(published=False), session(id="S2", published=False))
    for named in ("S1", his.session_id("S2")):
        for _ in range(2):  # again: it stays published
            answer = his.device.post(f"{SESSIONS}/{named}/publication")
            assert answer.json["status"] == "PUBLISHED", answer.text
    assert {unit[3] for unit in his.units() + his.units("S2")} == {"FREE"}


def test_another_doctor_takes_over_and_the_same_file_does_not_undo_it(his: Bureau) -> None:
    his.taken(practitioner(id="P2"), session())
    answer = substitute(his)
    assert (answer.status_code, answer.json["practitioner"]) == (200, "P2")
    his.taken(*places(), session())
    assert his.session().doctor == "P2"
    his.taken(session(fee=1))
    assert his.session().doctor == "P1"


def test_nobody_s_doctor_is_changed_behind_their_back(his: Bureau) -> None:
    his.taken(practitioner(id="P2"), session())
    held = his.hold()
    assert refused(substitute(his)) == (409, "SESSION_HAS_APPOINTMENTS")
    with his.world.database.direct() as tx:
        step = Move(state=AppointmentState.CANCELLED_PATIENT, actor="patient")
        move(tx, held.appointment_id, step, his.world.clock.now())
    assert substitute(his).status_code == 200
    assert his.session().doctor == "P2"


def test_only_a_doctor_of_the_hospital_who_works_takes_over(his: Bureau) -> None:
    his.taken(practitioner(id="P2", active=False), session())
    assert refused(substitute(his)) == (422, "PRACTITIONER_NOT_KNOWN")
    assert refused(substitute(his, practitioner="P9")) == (422, "PRACTITIONER_NOT_KNOWN")


@pytest.mark.parametrize("step", ["publication", "substitution"])
def test_what_is_called_off_takes_no_step(his: Bureau, step: str) -> None:
    his.taken(practitioner(id="P2"), session(published=False))
    called_off(his.world.database)
    body = {"practitioner": "P2"} if step == "substitution" else None
    answer = his.device.post(f"{SESSIONS}/S1/{step}", body)
    assert refused(answer) == (409, "SESSION_ENDED")


def record(his: Bureau, of: str = "S1") -> Any:
    answer = his.device.get(f"{SESSIONS}/{of}/record")
    assert answer.status_code == 200, answer.text
    return answer.json["record"]


@pytest.mark.parametrize("more", [{}, {"windows": [window("08:00", "08:30")] * 3}])
def test_a_record_sent_as_it_was_told_changes_nothing(his: Bureau, more: dict[str, Any]) -> None:
    """After a publication and a substitution it says what they did."""
    his.taken(practitioner(id="P2"), session(published=False, **more))
    his.device.post(f"{SESSIONS}/S1/publication")
    substitute(his)
    before = his.session(), his.units()
    his.taken(record(his))
    assert (his.session(), his.units()) == before
    assert record(his, his.session_id()) == record(his)


def test_a_record_with_a_larger_pool_adds_places_while_people_have_theirs(his: Bureau) -> None:
    his.taken(session(pools=[pool(size=1), pool("window", 1)]))
    his.hold()
    told = record(his)
    told["pools"][1]["size"] += 2
    his.taken(told)
    assert his.channels() == ["app", "window", "window", "window"]
    his.taken({**told, "id": "S2", "day": "2026-12-02"})
    assert his.channels("S2") == his.channels()


def test_a_record_is_told_to_its_own_hospital_alone(his: Bureau) -> None:
    his.taken(session())
    other = bureau(his.world, "市中医院")
    for named in ("S1", his.session_id()):
        answer = other.device.get(f"{SESSIONS}/{named}/record")
        assert refused(answer) == (404, "SESSION_UNKNOWN")


def test_a_claim_that_saw_another_doctor_is_refused_by_the_database(his: Bureau) -> None:
    """It began before the substitution; whoever meets that tries again."""
    his.taken(practitioner(id="P2"), session())
    his.hold()
    other = his.row("SELECT id FROM practitioners WHERE external_id = :id", "P2")[0]
    copy = text(
        "INSERT INTO appointments SELECT (jsonb_populate_record(a, jsonb_build_object('id', "
        "'apt_late', 'practitioner_id', CAST(:other AS text), 'state', 'EXPIRED'))).* "
        "FROM appointments a"
    )
    with pytest.raises(DomainError) as refusal, his.world.database.separate() as tx:
        tx.execute(copy, {"other": other})
    assert refusal.value.kind == UNAVAILABLE
    assert "appointments_as_session" in str(refusal.value.__cause__)
