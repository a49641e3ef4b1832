"""Whether the process lives, and what it lacks."""

from __future__ import annotations

import pytest
from redis.exceptions import ConnectionError as RedisGone

from app.core.errors import UNAVAILABLE
from app.core.health import Health
from tests.app.world import World


def fails(error: Exception) -> None:
    raise error


def test_all_is_well(world: World) -> None:
    live, ready = world.client.get("/health/live"), world.client.get("/health/ready")
    assert (live.status_code, live.json) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json) == (200, {"status": "ok", "failing": []})


def test_every_dependency_that_does_not_answer_is_named_in_order() -> None:
    health = Health(
        {
            "a": lambda: fails(UNAVAILABLE()),
            "b": lambda: True,
            "c": lambda: fails(RedisGone()),
            "d": lambda: False,
            "e": lambda: None,
            "f": lambda: fails(OSError()),
        }
    )
    assert health.failing() == ["a", "c", "d", "f"]


def test_a_fault_of_the_program_is_not_taken_for_an_outage() -> None:
    with pytest.raises(ZeroDivisionError):
        Health({"a": lambda: fails(ZeroDivisionError())}).failing()
