"""Only listed fields are ever written."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app.core.logs import FIELDS, configure_logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    written = io.StringIO()
    structlog.contextvars.clear_contextvars()
    configure_logs(level="INFO", stream=written)
    yield written
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_field_that_is_not_listed_is_dropped_and_counted(stream: io.StringIO) -> None:
    structlog.get_logger("x").info("done", code="OK", name="张伟", citizen_number="3301")
    [line] = lines(stream)
    assert line.pop("timestamp")
    assert line == {"event": "done", "code": "OK", "level": "info", "dropped": 2}


def test_neither_a_bound_field_nor_a_traceback_gets_through(stream: io.StringIO) -> None:
    log = structlog.get_logger("x").bind(person="张伟")
    with structlog.contextvars.bound_contextvars(token="secret"):
        try:
            raise KeyError("330102199003071234")  # noqa: EM101, TRY301 - the text must not show
        except KeyError:
            log.exception("failed", stack_info=True)
    [line] = lines(stream)
    assert line["dropped"] >= 3
    for secret in ("张伟", "secret", "330102199003071234", "Traceback"):
        assert secret not in stream.getvalue()


def test_what_is_below_the_level_is_not_written(stream: io.StringIO) -> None:
    structlog.get_logger("x").debug("detail")
    assert lines(stream) == []


def test_a_line_break_in_a_value_forges_no_line(stream: io.StringIO) -> None:
    structlog.get_logger("x").info("a\n{}", code='"}\n{"event":"forged"}')
    assert len(lines(stream)) == 1


def test_no_listed_field_is_made_for_personal_data() -> None:
    personal = {"name", "number", "address", "token", "person", "phone", "body", "path", "url"}
    assert not FIELDS & (personal | {"citizen_number", "query", "headers", "ip", "exception"})
