"""Days ahead are planned from weekly templates, once a day and when the hospital asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from app.hospital.planning.service.sessions.steps import SessionSteps
from app.wiring.hospital.planning import build_weekly_planning
from tests.app.hospital.planning.steps import (
    Bureau,
    bureau,
    department,
    local,
    practitioner,
    session,
)

PLANS = "/v1/hospital/plans"
TODAY = date(2026, 11, 23)  # a Monday
TUESDAY, NEXT_TUESDAY = "T1:2026-11-24", "T1:2026-12-01"


def template(**changes: Any) -> dict[str, Any]:
    weekly = {
        name: value
        for name, value in session(id="T1", pools=[{"channel": "app", "size": 2}]).items()
        if name != "day"
    }
    return {**weekly, "kind": "template", "weekday": 2, "since": "2026-11-01", **changes}


def holiday(**changes: Any) -> dict[str, Any]:
    return {"kind": "holiday", "day": "2026-12-01", "name": "院庆", **changes}


def plan(his: Bureau, days: int = 14) -> Any:
    answer = his.device.post(PLANS, {"days": days})
    assert answer.status_code == 200, answer.text
    return answer.json


def planned(his: Bureau) -> list[str]:
    with his.world.database.separate() as tx:
        return list(
            tx.scalars(text("SELECT external_id FROM clinic_sessions ORDER BY external_id"))
        )


def test_a_template_is_held_on_its_weekday(his: Bureau) -> None:
    his.taken(template(pools=[{"channel": "app", "size": 2}, {"channel": "elder", "size": 1}]))
    report = plan(his)
    assert (report["first"], report["last"], report["created"]) == ("2026-11-23", "2026-12-06", 2)
    assert planned(his) == [TUESDAY, NEXT_TUESDAY]
    assert [unit[2] for unit in his.units(TUESDAY)] == ["08:00", "08:20", "08:40"]
    assert his.session(TUESDAY).state == "PUBLISHED"


def test_planning_again_changes_nothing(his: Bureau) -> None:
    his.taken(template())
    plan(his)
    report = plan(his)
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 2)


def test_what_has_begun_today_is_not_planned(his: Bureau) -> None:
    his.taken(
        template(id="T1", weekday=1),
        template(id="T2", weekday=1, starts="18:00", ends="19:00", half_day="evening"),
    )
    plan(his, days=1)  # it is 16:00 in China
    assert planned(his) == ["T2:2026-11-23"]


def test_templates_begin_and_end(his: Bureau) -> None:
    his.taken(
        template(id="A", since="2026-12-01"),
        template(id="B", until="2026-11-24"),
        template(id="C", active=False),
    )
    plan(his)
    assert planned(his) == ["A:2026-12-01", "B:2026-11-24"]


def test_a_holiday_has_no_sessions_and_a_working_sunday_those_of_its_weekday(his: Bureau) -> None:
    his.taken(template(), holiday(), holiday(day="2026-11-29", name="调休", plan_as=2))
    plan(his)
    assert planned(his) == [TUESDAY, "T1:2026-11-29"]
    his.taken(holiday(active=False))
    plan(his)
    assert NEXT_TUESDAY in planned(his)


def test_a_holiday_does_not_touch_what_is_planned(his: Bureau) -> None:
    his.taken(template())
    plan(his)
    his.taken(holiday())
    plan(his)
    assert planned(his) == [TUESDAY, NEXT_TUESDAY]


def test_a_changed_template_changes_its_sessions_but_not_what_people_booked(his: Bureau) -> None:
    his.taken(template(), practitioner(id="P2", name="孙思邈"))
    plan(his)
    his.hold(NEXT_TUESDAY)
    his.taken(template(practitioner="P2"))
    report = plan(his)
    assert (report["updated"], len(report["refused"])) == (1, 1)
    assert {name: report["refused"][0][name] for name in ("template", "day", "code")} == {
        "template": "T1",
        "day": "2026-12-01",
        "code": "SESSION_HAS_APPOINTMENTS",
    }
    assert (his.session(TUESDAY).doctor, his.session(NEXT_TUESDAY).doctor) == ("P2", "P1")


def test_a_substitution_outlives_the_next_planning(his: Bureau) -> None:
    his.taken(template(), practitioner(id="P2"))
    plan(his)
    steps = SessionSteps(database=his.world.database, clock=his.world.clock)
    steps.substitute(his.hospital_id, TUESDAY, "P2")
    plan(his)
    assert his.session(TUESDAY).doctor == "P2"


def test_pools_give_back_so_many_days_before(his: Bureau) -> None:
    pools = [{"channel": "app", "size": 1}, {"channel": "window", "size": 1, "gives_back_days": 1}]
    his.taken(template(pools=pools))
    plan(his)
    query = (
        "SELECT p.gives_back_at FROM unit_pools p JOIN clinic_sessions s ON s.id = p.session_id "
        "WHERE s.external_id = :id AND p.channel = 'window'"
    )
    assert his.row(query, NEXT_TUESDAY)[0] == local(date(2026, 11, 30), "19:00")


def test_the_timer_plans_once_a_day_and_again_after_a_change(his: Bureau) -> None:
    planning = build_weekly_planning(his.world.shared)
    assert planning.plan_due(most=5) == 0  # there is no template
    his.taken(template())
    assert (planning.plan_due(most=5), planning.plan_due(most=5)) == (1, 0)
    assert len(planned(his)) == 3  # the window of fourteen days, and a week
    his.taken(holiday(day="2026-12-15"))
    assert planning.plan_due(most=5) == 1
    his.world.clock.advance(days=1)
    assert planning.plan_due(most=5) == 1
    assert len(planned(his)) == 3


def test_a_hospital_plans_for_itself_alone(his: Bureau) -> None:
    other = bureau(his.world, "市中医院")
    his.taken(template())
    assert plan(other)["created"] == 0


@pytest.mark.parametrize("days", [0, 61, "7"])
def test_days_are_bounded(his: Bureau, days: Any) -> None:
    assert his.device.post(PLANS, {"days": days}).status_code == 422


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"weekday": 8}, "/weekday"),
        ({"until": "2026-10-31"}, "/until"),
        ({"id": "T" * 54}, "/id"),
        ({"pools": [{"channel": "app", "size": 1, "gives_back_days": 1}]}, None),
        ({"starts": "08:00:01"}, "/starts"),
        ({"starts": "08:00Z"}, "/starts"),
        ({"ends": "08:00"}, "/ends"),
    ],
)
def test_a_template_that_means_nothing_is_refused(
    his: Bureau, changes: dict[str, Any], pointer: str | None
) -> None:
    (line,) = his.take(template(**changes))["lines"]
    assert line["code"] == "IMPORT_LINE_INVALID"
    assert pointer is None or line["pointer"] == pointer


def test_a_template_names_what_is_there(his: Bureau) -> None:
    his.taken(department(id="D2"))
    (line,) = his.take(template(practitioner="P9"))["lines"]
    assert (line["code"], line["pointer"]) == ("PRACTITIONER_NOT_KNOWN", "/practitioner")
