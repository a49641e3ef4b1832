"""Operators see how verifications end, never whose: small counts are hidden."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from tests.app.device import Device
from tests.app.operators import operator_console
from tests.app.world import World

PATH = "/v1/operator/verifications/outcomes"


def told(console: Device, **query: str) -> dict[str, Any]:
    answer = console.get(PATH, query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return dict(answer.json)


def ended(world: World, many: int, *, code: str = "TOO_DARK") -> None:
    """Sessions that ended now as failed ones do; the other columns are those of a real one."""
    with world.database.separate() as tx:
        done = tx.execute(
            text(
                "INSERT INTO verification_sessions (id, thumbprint, person_hash, purpose,"
                " consent_id, state, step, steps, created_at, revealed_at, expires_at, ended_at,"
                " retry_code)"
                " SELECT 'ver_' || :code || n || :now, 't', 'h'::bytea, 'login',"
                " (SELECT id FROM consents LIMIT 1), 'FAILED', 0, 3, :now, :now, :now, :now, :code"
                " FROM generate_series(1, :many) AS n RETURNING id"
            ),
            {"many": many, "code": code, "now": world.clock.now()},
        )
        assert len(done.all()) == many


def test_counts_are_told_by_hour_status_and_code(world: World) -> None:
    console = operator_console(world, "verifications.read")
    world.citizen()
    ended(world, 7)
    ended(world, 5, code="NOT_VERIFIED")

    found = told(console)

    assert (found["each"], found["fewest"]) == ("hour", 5)
    failed = [one for one in found["items"] if one["status"] == "FAILED"]
    begin = "2026-11-23T08:00:00Z"
    assert [{**one, "begin": _utc(one["begin"])} for one in failed] == [
        {"begin": begin, "status": "FAILED", "retry_code": "NOT_VERIFIED", "count": 5},
        {"begin": begin, "status": "FAILED", "retry_code": "TOO_DARK", "count": 7},
    ]


def test_fewer_than_five_are_not_told(world: World) -> None:
    console = operator_console(world, "verifications.read")
    world.citizen()
    ended(world, 4)

    assert all("count" not in one for one in told(console)["items"])
    assert {one["status"] for one in told(console)["items"]} == {"PASSED", "FAILED"}


def test_a_day_is_one_of_shanghai(world: World) -> None:
    world.citizen()
    ended(world, 5)
    world.clock.advance(minutes=60 * 8)  # past midnight there, not in UTC
    ended(world, 6)
    console = operator_console(world, "verifications.read")

    days = [one for one in told(console, each="day")["items"] if one["status"] == "FAILED"]

    assert [one["count"] for one in days] == [5, 6]


def test_nobody_else_may_ask(world: World) -> None:
    assert operator_console(world, "sources.read").get(PATH).status_code == 403
    assert world.app.test_client().get(PATH).status_code == 401


def _utc(moment: str) -> str:
    return moment.replace("T16:00:00+08:00", "T08:00:00Z")
