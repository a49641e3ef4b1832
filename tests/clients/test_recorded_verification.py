"""What the mini-program's tests take for the server's answers is what the server's schemas say."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.http.replies import Reply
from app.identity.schemas.verifications import AnswerReply, SessionReply, StepPartReply

RECORDED = Path(__file__).resolve().parents[2] / "miniprogram/tests/recorded/verification.json"
SCHEMAS: list[tuple[str, type[Reply]]] = [
    ("opened", SessionReply),
    ("part", StepPartReply),
    ("answers", AnswerReply),
    ("too_dark", AnswerReply),
]


@pytest.mark.parametrize(("name", "schema"), SCHEMAS)
def test_each_recorded_answer_is_one_of_the_servers(name: str, schema: type[Reply]) -> None:
    told = json.loads(RECORDED.read_text())[name]
    for one in told if isinstance(told, list) else [told]:
        assert members(one) <= members(schema.model_validate(one).model_dump())


def members(told: dict[str, Any]) -> set[str]:
    """Names of all members, with those of members that are objects."""
    inner = [members(value) for value in told.values() if isinstance(value, dict)]
    return set(told).union(*inner)
