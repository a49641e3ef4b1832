"""A hospital that sends too much waits; the others do not."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from config import Settings
from tests.app.hospital.planning.steps import Bureau, bureau, campus, department, ndjson, session
from tests.app.world import World


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Three in ten minutes."""
    return settings.model_copy(update={"rate_imports": "3 per 10 minutes"})


def told(answer: TestResponse) -> tuple[int, str, bool]:
    """Status, code, and whether it says when to come again."""
    return answer.status_code, answer.json["code"], int(answer.headers["Retry-After"]) > 0


def test_files_dry_runs_and_plannings_count_together(world: World, empty: Bureau) -> None:
    empty.taken(campus())
    empty.take(department(), dry_run="true")
    assert empty.device.post("/v1/hospital/plans", {"days": 1}).status_code == 200
    too_many = (429, "TOO_MANY_REQUESTS", True)
    assert told(empty.send(ndjson(department()))) == too_many
    assert told(empty.send(b"not even looked at", media="text/plain")) == too_many
    assert told(empty.device.post("/v1/hospital/plans", {"days": 1})) == too_many
    bureau(world, "市第二人民医院").taken(campus())


def test_calling_off_is_never_put_off(empty: Bureau) -> None:
    empty.take(session())
    for _ in range(4):
        answer = empty.device.post(
            "/v1/hospital/stops", {"session_ids": ["S1"], "reason": "doctor_away"}
        )
        assert answer.status_code != 429
