"""Operators see how the outbox stands, and have tried again what was given up."""

from __future__ import annotations

from sqlalchemy import text

from tests.app.operators import operator_console
from tests.app.world import World

PATH = "/v1/operator/queue"


def given_up(world: World) -> None:
    with world.database.separate() as tx:
        tx.execute(
            text(
                "INSERT INTO outbox_messages (id, topic, key, payload, created_at, due_at,"
                " attempts, failure, dead_at)"
                " VALUES ('msg_1', 'raced', 'k', '{}', :now, :now, 12, 'timed_out', :now)"
            ),
            {"now": world.clock.now()},
        )


def test_what_was_given_up_is_tried_again_when_an_operator_says_so(world: World) -> None:
    console = operator_console(world, "queues.read", "queues.retry")
    given_up(world)
    before = console.get(PATH).json
    assert (before["waiting"], before["dead"]) == (0, 1)
    assert before["items"] == [
        {
            "id": "msg_1",
            "topic": "raced",
            "attempts": 12,
            "failure": "timed_out",
            "dead_at": "2026-11-23T08:00:00Z",
        }
    ]

    assert console.post(f"{PATH}/msg_1/retry").status_code == 200

    world.clock.advance(seconds=90)
    after = console.get(PATH).json
    assert (after["waiting"], after["dead"], after["overdue_seconds"]) == (1, 0, 90)
    again = console.post(f"{PATH}/msg_1/retry")
    assert (again.status_code, again.json["code"]) == (404, "DEAD_LETTER_UNKNOWN")


def test_reading_is_not_retrying(world: World) -> None:
    console = operator_console(world, "queues.read")
    given_up(world)
    answer = console.post(f"{PATH}/msg_1/retry")
    assert (answer.status_code, answer.json["code"]) == (403, "INSUFFICIENT_SCOPE")
    assert operator_console(world, "sources.read").get(PATH).status_code == 403
