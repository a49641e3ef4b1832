"""A hospital sends its schedule by its own ids, again and again."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text

from app.hospital.planning.service.importing.importing import ScheduleImport
from app.hospital.planning.service.importing.report import Mode
from app.hospital.planning.service.lines.reading import numbered, read_ndjson
from app.hospital.scopes import DESK_SCOPE
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from app.wiring.hospital.planning import build_taking
from tests.app.hospital.planning.steps import (
    DAY,
    IMPORTS,
    NAME,
    Bureau,
    bureau,
    campus,
    department,
    local,
    ndjson,
    places,
    pool,
    practitioner,
    session,
    window,
)
from tests.app.hospital.planting import called_off
from tests.app.world import World

FREE, DRAFT, BOOKED = "FREE", "DRAFT", "BOOKED"


def counts(report: Any) -> tuple[int, int, int, int]:
    return report["created"], report["updated"], report["unchanged"], report["refused"]


def cancel(his: Bureau, appointment_id: str) -> None:
    step = Move(state=AppointmentState.CANCELLED_PATIENT, actor="patient")
    with his.world.database.direct() as tx:
        assert move(tx, appointment_id, step, his.world.clock.now()) is not None


def rows_of(his: Bureau) -> dict[str, int]:
    tables = ("campuses", "departments", "practitioners", "clinic_sessions", "slot_units")
    with his.world.database.separate() as tx:
        return {one: tx.scalar(text(f"SELECT count(*) FROM {one}")) or 0 for one in tables}  # noqa: S608


def test_a_whole_schedule_comes_in_one_file(empty: Bureau) -> None:
    report = empty.take(*places(), session(pools=[pool(size=3), pool("window", 1)]))
    assert counts(report) == (4, 0, 0, 0)
    assert empty.units() == [
        (1, "app", "08:00", FREE),
        (2, "app", "08:15", FREE),
        (3, "app", "08:30", FREE),
        (4, "window", "08:45", FREE),
    ]
    said = empty.session()
    assert (said.state, said.day, said.starts_at) == ("PUBLISHED", DAY, local(DAY, "08:00"))


def test_the_same_file_again_changes_nothing(his: Bureau) -> None:
    file = [*places(), session()]
    his.taken(*file)
    before = his.units()
    assert counts(his.take(*file)) == (0, 0, 4, 0)
    assert his.units() == before


def test_names_can_be_found_by_their_initials(his: Bureau) -> None:
    with his.world.database.separate() as tx:
        found = tx.execute(text("SELECT name, initials FROM departments")).one()
    assert tuple(found) == ("心血管内科", "xxgnk")


def test_what_changed_is_changed_in_place(his: Bureau) -> None:
    own = his.row("SELECT id FROM departments WHERE external_id = :id", "D1")[0]
    report = his.take(campus(address="人民路2号"), department(name="心内科"), practitioner())
    assert counts(report) == (0, 2, 1, 0)
    row = his.row("SELECT id, name, initials FROM departments WHERE external_id = :id", "D1")
    assert tuple(row) == (own, "心内科", "xnk")


def test_a_department_can_be_closed_for_booking(his: Bureau) -> None:
    his.taken(department(active=False), practitioner(active=False))
    query = "SELECT state FROM departments WHERE external_id = :id"
    assert his.row(query, "D1")[0] == "SUSPENDED"


def test_every_refused_line_is_told_with_its_reason(his: Bureau) -> None:
    report = his.take(
        department(id="D2", campus="C9"),
        {"kind": "ward", "id": "W1"},
        session(fee=-1),
        session(id="S2", practitioner="P9"),
        session(id="S3"),
        session(id="S3", fee=1),
        session(id="S4", day="2026-11-22"),
        session(id="S5", windows=[window("08:00", "08:10")]),
    )
    told = [
        (one["line"], one.get("id"), one["code"], one.get("pointer")) for one in report["lines"]
    ]
    assert told == [
        (1, "D2", "CAMPUS_NOT_KNOWN", "/campus"),
        (2, None, "IMPORT_LINE_INVALID", "/kind"),
        (3, None, "IMPORT_LINE_INVALID", "/fee"),
        (4, "S2", "PRACTITIONER_NOT_KNOWN", "/practitioner"),
        (6, "S3", "IMPORT_LINE_REPEATED", None),
        (7, "S4", "SESSION_DAY_REFUSED", "/day"),
        (8, None, "IMPORT_LINE_INVALID", "/windows"),
    ]
    assert counts(report) == (1, 0, 0, 7)
    assert "没有这个院区编号" in report["lines"][0]["detail"]


def test_reasons_are_told_in_the_reader_s_language(his: Bureau) -> None:
    answer = his.send(ndjson(department(campus="C9")), headers={"Accept-Language": "en"})
    assert answer.json["lines"][0]["detail"] == "The hospital has no campus of this id."


def test_a_dry_run_says_the_same_and_does_nothing(empty: Bureau) -> None:
    file = [*places(), session(), session(id="S2", department="D9")]
    before = rows_of(empty)
    tried = empty.take(*file, dry_run="true")
    assert rows_of(empty) == before
    done = empty.take(*file)
    assert (tried["written"], done["written"]) == (False, True)
    assert counts(tried) == counts(done) == (4, 0, 0, 1)
    assert tried["lines"] == done["lines"]


def test_an_atomic_file_is_taken_whole_or_not_at_all(empty: Bureau) -> None:
    bad = [*places(), session(), session(id="S2", department="D9")]
    before = rows_of(empty)
    refused = empty.take(*bad, atomic="true")
    assert (refused["written"], refused["refused"]) == (False, 1)
    assert rows_of(empty) == before
    taken = empty.take(*bad[:4], atomic="true")
    assert (taken["written"], *counts(taken)) == (True, 4, 0, 0, 0)
    assert len(empty.units()) == 3


def test_an_atomic_file_that_is_refused_after_all_leaves_nothing(empty: Bureau) -> None:
    """Something came in between: it could be taken when it was tried."""
    world, before = empty.world, rows_of(empty)
    good, bad = [*places(), session()], [*places(), session(department="D9")]
    readings = iter([ndjson(*good), ndjson(*bad)])
    importing = ScheduleImport(
        database=world.database, clock=world.clock, sessions=build_taking(world.shared)
    )
    report = importing.run(
        empty.hospital_id,
        lambda: read_ndjson(numbered(BytesIO(next(readings)))),
        Mode.ATOMIC,
    )
    assert (report.written, [one.kind.code for one in report.refused]) == (
        False,
        ["DEPARTMENT_NOT_KNOWN"],
    )
    assert rows_of(empty) == before


def test_a_long_file_is_not_taken_atomically(his: Bureau) -> None:
    many = [practitioner(id=f"P{n}", title="") for n in range(2_001)]
    answer = his.send(ndjson(*many), atomic="true")
    assert (answer.status_code, answer.json["code"]) == (413, "IMPORT_TOO_MANY_LINES")


def test_a_csv_file_says_the_same_as_json(his: Bureau) -> None:
    his.taken(session(pools=[pool(), pool("window", 2, gives_back_at="2026-11-30T19:00:00+08:00")]))
    line = (
        "S1,D1,P1,2026-12-01,morning,08:00,09:00,expert,5000,YL0001,3,2,2026-11-30T19:00:00+08:00"
    )
    head = (
        "id,department,practitioner,day,half_day,starts,ends,fee_class,fee,item_code,app,window,"
        "gives_back_at_window"
    )
    answer = his.send(f"\ufeff{head}\r\n{line}\r\n".encode(), "text/csv", kind="session")
    assert counts(answer.json) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("campus", 'id,name,address,latitude,longitude\nC2,东院,"东路1号,北门",30.1,120.2\n'),
        ("department", "id,campus,name,active\nD2,C1,骨科,false\n"),
        ("practitioner", "title,name,id\n主治医师,扁鹊,P2\n"),
        ("holiday", "day,name,plan_as\n2027-01-01,元旦,\n"),
    ],
)
def test_every_kind_of_table_is_taken(his: Bureau, kind: str, rows: str) -> None:
    answer = his.send(rows.encode(), "text/csv", kind=kind)
    assert counts(answer.json) == (1, 0, 0, 0), answer.text


@pytest.mark.parametrize(
    ("head", "members"),
    [
        ("id,name", {"missing": ["title"], "unknown": []}),
        ("id,name,title,salary", {"missing": [], "unknown": [4]}),
        ("id,name,title,title", {"missing": [], "unknown": []}),
    ],
)
def test_a_table_with_other_columns_is_refused(his: Bureau, head: str, members: Any) -> None:
    answer = his.send(f"{head}\nP2,扁鹊,主治医师\n".encode(), "text/csv", kind="practitioner")
    assert (answer.status_code, answer.json["code"]) == (422, "IMPORT_COLUMNS_INVALID")
    assert {name: answer.json[name] for name in members} == members


@pytest.mark.parametrize(
    ("media", "query", "status"),
    [
        ("application/json", {}, 415),
        ("text/csv", {}, 422),
        ("application/x-ndjson", {"kind": "campus"}, 422),
        ("application/x-ndjson", {"dry_run": "true", "atomic": "true"}, 422),
        ("application/x-ndjson", {"dry_run": "perhaps"}, 422),
    ],
)
def test_a_request_that_means_nothing_is_refused(
    his: Bureau, media: str, query: dict[str, str], status: int
) -> None:
    assert his.send(ndjson(campus()), media, **query).status_code == status


def test_files_are_bounded_before_they_are_read(his: Bureau) -> None:
    assert his.send(b"x" * (10 * 1024 * 1024 + 1)).json["code"] == "TOO_LARGE"
    assert his.send(b"\n" * 20_002).json["code"] == "IMPORT_TOO_MANY_LINES"


def test_only_a_hospital_s_schedule_terminal_may_send(world: World, his: Bureau) -> None:
    desk = world.terminal(
        merchant=NAME, purposes=frozenset({"01101"}), scopes=frozenset({DESK_SCOPE})
    )
    assert desk.send("POST", IMPORTS, data=b"", content_type="text/csv").status_code == 403
    stranger = world.terminal(scopes=frozenset({"hospital.schedule"}))
    answer = stranger.send("POST", IMPORTS, data=ndjson(campus()), content_type="text/csv")
    assert answer.json["code"] == "HOSPITAL_NOT_YOURS"
    assert his.take(session())["refused"] == 0


def test_a_day_opens_by_the_rule_unless_the_hospital_says_when(his: Bureau) -> None:
    said = "2026-11-24T12:00:00+08:00"
    his.taken(session(), session(id="S2", starts="10:00", ends="11:00", opens_at=said))
    assert his.session().opens_at == local(date(2026, 11, 18), "07:00")
    assert his.session("S2").opens_at == local(date(2026, 11, 24), "12:00")


def test_windows_can_be_listed(his: Bureau) -> None:
    listed = [
        window("08:00", "08:05"),
        window("08:00", "08:30", "window"),
        window("08:30", "09:00"),
    ]
    his.taken(session(pools=[pool(size=2), pool("window", 1)], windows=listed))
    assert his.units() == [
        (1, "app", "08:00", FREE),
        (2, "window", "08:00", FREE),
        (3, "app", "08:30", FREE),
    ]
    more = [*listed, window("08:45", "09:00", "window")]
    his.hold()
    his.taken(session(pools=[pool(size=2), pool("window", 2)], windows=more))
    assert his.units()[3] == (4, "window", "08:45", FREE)
    his.taken(session(pools=[pool(size=2), pool("window", 1)], windows=listed))
    assert len(his.units()) == 3
    his.hold()
    fewer = his.take(session(pools=[pool(size=1), pool("window", 1)], windows=listed[:2]))
    assert fewer["lines"][0]["code"] == "SESSION_SHRINKS_BELOW_CLAIMED"


def test_a_pool_grows_by_numbers_at_the_end(his: Bureau) -> None:
    his.taken(session())
    his.hold()
    his.taken(session(pools=[pool(size=5), pool("elder", 1)]))
    assert his.units()[3:] == [
        (4, "app", "08:00", FREE),
        (5, "app", "08:20", FREE),
        (6, "elder", "08:40", FREE),
    ]


def test_a_pool_shrinks_by_its_highest_open_numbers(his: Bureau) -> None:
    his.taken(session())
    his.hold()
    his.taken(session(pools=[pool(size=1)]))
    assert his.units() == [(1, "app", "08:00", BOOKED)]


def test_a_pool_never_shrinks_below_what_is_claimed(his: Bureau) -> None:
    his.taken(session())
    his.hold()
    his.hold()
    before = his.units()
    report = his.take(session(pools=[pool(size=1)]))
    assert report["lines"][0]["code"] == "SESSION_SHRINKS_BELOW_CLAIMED"
    assert his.units() == before


def test_a_place_that_somebody_had_is_blocked_and_not_deleted(his: Bureau) -> None:
    his.taken(session(pools=[pool(size=1)]))
    cancel(his, his.hold().appointment_id)
    his.taken(session(pools=[pool(size=0)]))
    assert his.units() == [(1, "app", "08:00", "BLOCKED")]
    his.taken(session(pools=[pool(size=1)]))
    assert his.units()[1] == (2, "app", "08:00", FREE)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"practitioner": "P2"}, "/practitioner"),
        ({"department": "D2"}, "/department"),
        ({"fee_class": "ordinary"}, "/fee_class"),
        ({"item_code": "YL0002"}, "/item_code"),
        ({"day": "2026-12-02"}, "/day"),
        ({"starts": "08:30"}, "/starts"),
        ({"ends": "09:30"}, "/ends"),
        ({"windows": [window("08:00", "08:20")] * 3}, "/windows"),
    ],
)
def test_a_session_with_appointments_stays_what_it_is(
    his: Bureau, changes: dict[str, Any], pointer: str
) -> None:
    his.taken(department(id="D2"), practitioner(id="P2"), session())
    appointment = his.hold().appointment_id
    before = his.session(), his.units()
    refused = his.take(session(**changes))["lines"]
    assert [(one["code"], one["pointer"]) for one in refused] == [
        ("SESSION_HAS_APPOINTMENTS", pointer)
    ]
    assert (his.session(), his.units()) == before
    cancel(his, appointment)
    keeps_times = pointer in {"/day", "/starts", "/ends", "/windows"}
    assert his.take(session(**changes))["refused"] == keeps_times


def test_a_session_nobody_has_been_in_can_be_laid_anew(his: Bureau) -> None:
    his.taken(session())
    his.taken(session(day="2026-12-02", starts="14:00", ends="15:00", half_day="afternoon"))
    assert [unit[2] for unit in his.units()] == ["14:00", "14:20", "14:40"]
    assert his.session().opens_at == local(date(2026, 11, 19), "07:00")


def test_the_fee_can_change_while_people_have_places(his: Bureau) -> None:
    his.taken(session())
    held = his.hold()
    his.taken(session(fee=6000))
    assert (his.session().fee, held.fee) == (6000, 5000)


def test_a_draft_is_published_and_never_taken_back(his: Bureau) -> None:
    his.taken(session(published=False))
    assert {unit[3] for unit in his.units()} == {DRAFT}
    his.taken(session())
    assert {unit[3] for unit in his.units()} == {FREE}
    report = his.take(session(published=False))
    assert report["lines"][0]["code"] == "SESSION_STAYS_PUBLISHED"


def test_what_is_over_or_called_off_is_not_changed(his: Bureau) -> None:
    his.taken(session(), session(id="S2", starts="10:00", ends="11:00"))
    called_off(his.world.database, "S1")
    assert his.take(session(fee=1))["lines"][0]["code"] == "SESSION_ENDED"
    his.world.clock.advance(days=9)
    his.world.log_in_again(his.device)
    assert his.take(session(id="S2", fee=1))["lines"][0]["code"] == "SESSION_ENDED"
    assert his.take(session())["unchanged"] == 1


def test_numbers_end_at_five_hundred(his: Bureau) -> None:
    his.taken(session(pools=[pool(size=499)]))
    cancel(his, his.hold().appointment_id)
    report = his.take(session(pools=[pool(size=499), pool("elder", 2)]))
    assert report["lines"][0]["code"] == "IMPORT_LINE_INVALID"
    his.taken(session(pools=[pool(size=498), pool("elder", 2)]))
    assert [number for number, *_ in his.units()] == list(range(1, 501))
    his.taken(session(pools=[pool(size=0)]))
    assert his.units() == [(1, "app", "08:00", "BLOCKED")]
    report = his.take(session(pools=[pool(size=500)]))
    assert report["lines"][0]["code"] == "SESSION_TOO_LARGE"


def test_ids_of_another_hospital_are_nobody_s(world: World, his: Bureau) -> None:
    other = bureau(world, "市中医院")
    assert other.take(session())["lines"][0]["code"] == "DEPARTMENT_NOT_KNOWN"
    his.taken(session())
    other.taken(*places(), session())
    with world.database.separate() as tx:
        assert tx.scalar(text("SELECT count(*) FROM clinic_sessions")) == 2
