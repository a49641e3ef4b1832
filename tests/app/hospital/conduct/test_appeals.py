"""Whoever thinks a point is wrong says so, and somebody decides."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.hospital.conduct.states import POINT_MOVES, PointKind, PointState
from app.hospital.scopes import DESK_SCOPE
from tests.app.family.steps import Relative, done, later, log_of, notices, refused, relative
from tests.app.hospital.conduct.steps import conduct, pointed, points
from tests.app.hospital.planting import Clinic, plant
from tests.app.operators import operator_console
from tests.app.world import World

WORDS = "我当时在急诊。"
APPEALS, HOSPITAL_APPEALS = "/v1/operator/conduct-appeals", "/v1/hospital/conduct-appeals"


@pytest.fixture
def patient(world: World) -> Relative:
    return relative(world, "甲")


def appealed(world: World, clinic: Clinic, who: Relative) -> str:
    """A no-show that is appealed; the point."""
    pointed(world, clinic, who, PointKind.NO_SHOW)
    point = str(conduct(who)["points"][0]["id"])
    answer = done(who.phone.post(f"/v1/conduct-points/{point}/appeal", {"text": WORDS}))
    assert answer["points"][0]["status"] == "APPEALED"
    return point


@pytest.mark.parametrize("granted", [True, False])
def test_an_operator_decides_and_the_person_is_told(
    world: World, clinic: Clinic, patient: Relative, *, granted: bool
) -> None:
    point = appealed(world, clinic, patient)
    desk = operator_console(world)
    (waits,) = done(desk.get(APPEALS))["items"]
    assert (waits["id"], waits["text"], waits["kind"]) == (point, WORDS, "NO_SHOW")
    decision = {"granted": granted, "reason": "已核实急诊记录"}
    decided = done(desk.post(f"{APPEALS}/{point}/decision", decision))
    assert decided == {"id": point, "status": "REVOKED" if granted else "UPHELD"}
    assert points(patient) == [("NO_SHOW", decided["status"], not granted)]
    assert conduct(patient)["points"][0]["decision"] == "已核实急诊记录"
    with world.database.separate() as tx:
        state = tx.scalar(text("SELECT state FROM appointments"))
    assert state == ("EXCUSED" if granted else "NOSHOW")
    told = {"appointment.booked", "conduct.counts", f"conduct.{decided['status'].lower()}"}
    assert set(notices(world, patient)) == told
    assert done(desk.get(APPEALS)) == {"items": []}
    again = desk.post(f"{APPEALS}/{point}/decision", decision)
    assert refused(again) == (409, "APPEAL_NOT_OPEN")
    assert len(log_of(patient, "conduct.appeal_read")) == 1
    assert len(log_of(patient, "conduct.appeal_decided")) == 1


def test_a_hospital_decides_about_its_own_appointments_only(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    point = appealed(world, clinic, patient)
    plant(world, "市第二人民医院")
    scopes = frozenset({DESK_SCOPE})
    own = world.terminal(merchant="市第一人民医院", scopes=scopes, purposes=frozenset({"01101"}))
    other = world.terminal(merchant="市第二人民医院", scopes=scopes, purposes=frozenset({"01101"}))
    decision = {"granted": True, "reason": "已核实"}
    assert done(other.get(HOSPITAL_APPEALS)) == {"items": []}
    foreign = other.post(f"{HOSPITAL_APPEALS}/{point}/decision", decision)
    assert refused(foreign) == (409, "APPEAL_NOT_OPEN")
    assert [one["id"] for one in done(own.get(HOSPITAL_APPEALS))["items"]] == [point]
    done(own.post(f"{HOSPITAL_APPEALS}/{point}/decision", decision))
    assert points(patient) == [("NO_SHOW", "REVOKED", False)]


def test_what_was_said_lies_sealed(world: World, clinic: Clinic, patient: Relative) -> None:
    appealed(world, clinic, patient)
    with world.database.separate() as tx:
        sealed = tx.scalar(text("SELECT appeal FROM conduct_points"))
    assert WORDS.encode() not in bytes(sealed or b"")


def test_a_point_is_appealed_once_by_whose_it_is_and_not_for_ever(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    point = appealed(world, clinic, patient)
    path, body = f"/v1/conduct-points/{point}/appeal", {"text": WORDS}
    assert refused(patient.phone.post(path, body)) == (409, "APPEAL_NOT_POSSIBLE")
    stranger = relative(world, "乙")
    assert refused(stranger.phone.post(path, body)) == (404, "CONDUCT_POINT_UNKNOWN")
    pointed(world, clinic, stranger, PointKind.NO_SHOW)
    old = conduct(stranger)["points"][0]["id"]
    later(world, stranger, days=90 + 366)
    late = stranger.phone.post(f"/v1/conduct-points/{old}/appeal", body)
    assert refused(late) == (409, "APPEAL_NOT_POSSIBLE")


def test_an_operator_without_the_scope_does_not_decide(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    point = appealed(world, clinic, patient)
    desk = operator_console(world, "conduct.read")
    answer = desk.post(f"{APPEALS}/{point}/decision", {"granted": True, "reason": "x"})
    assert answer.status_code == 403


MOVE = """
UPDATE conduct_points SET state = CAST(:state AS varchar), appeal = '\\x00', decided_by = 'x',
  decision = 'x', forgiven_for = CASE CAST(:state AS varchar) WHEN 'FORGIVEN' THEN 'OUTAGE' END
"""
BROKEN = [
    ("UPDATE conduct_points SET expires_at = at", "expires"),
    ("UPDATE conduct_points SET state = 'APPEALED'", "appealed_with_words"),
    ("UPDATE conduct_points SET state = 'FORGIVEN'", "forgiven_for"),
    ("UPDATE conduct_points SET forgiven_for = 'OUTAGE'", "forgiven_for"),
]


def test_the_database_refuses_what_no_point_may_be(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    pointed(world, clinic, patient, PointKind.NO_SHOW)
    for change, constraint in BROKEN:
        with pytest.raises(IntegrityError, match=constraint), world.database.separate() as tx:
            tx.execute(text(change))


def test_the_database_allows_exactly_the_moves_of_the_table(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    pointed(world, clinic, patient, PointKind.NO_SHOW)
    for old in PointState:
        for new in PointState:
            assert _moves(world, old, new) == (old == new or new in POINT_MOVES[old]), (old, new)


def _moves(world: World, old: str, new: str) -> bool:
    table = "conduct_points"
    change = text(MOVE)
    with world.database.separate() as tx:
        tx.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_state_moves"))
        tx.execute(change, {"state": old})
        tx.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {table}_state_moves"))
    try:
        with world.database.separate() as tx:
            tx.execute(change, {"state": new})
    except IntegrityError:
        return False
    return True
