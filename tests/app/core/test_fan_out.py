"""Calls side by side: all are waited for, each outcome is its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pytest

from app.core.errors import BUSY, UNAVAILABLE, DomainError
from app.core.fan_out import FanOut

NAME: ContextVar[str] = ContextVar("name", default="nobody")
INSIDE: ContextVar[bool] = ContextVar("inside", default=True)


@contextmanager
def apart() -> Iterator[None]:
    token = INSIDE.set(False)
    yield
    INSIDE.reset(token)


@pytest.fixture
def fan_out() -> Iterator[FanOut]:
    made = FanOut(threads=2, apart=apart)
    yield made
    made.close()


def refuse(kind: str) -> str:
    raise (BUSY if kind == "busy" else UNAVAILABLE)()


def test_outcomes_come_in_the_order_of_the_calls(fan_out: FanOut) -> None:
    outcomes = fan_out.run([lambda: "a", lambda: refuse("busy"), lambda: "c"])
    assert outcomes[0] == "a"
    assert isinstance(outcomes[1], DomainError)
    assert outcomes[1].kind is BUSY
    assert outcomes[2] == "c"


def test_calls_run_at_the_same_time(fan_out: FanOut) -> None:
    meeting = threading.Barrier(3, timeout=10)
    assert sorted(fan_out.run([meeting.wait] * 3)) == [0, 1, 2]  # type: ignore[type-var]


def test_at_most_so_many_threads_work(fan_out: FanOut) -> None:
    seen: set[str] = set()
    fan_out.run([lambda: seen.add(threading.current_thread().name)] * 20)
    assert len(seen) <= 3
    assert threading.current_thread().name in seen


def test_context_variables_are_kept_and_the_transaction_is_not(fan_out: FanOut) -> None:
    NAME.set("request-1")
    told = fan_out.run([lambda: (NAME.get(), INSIDE.get())] * 3)
    assert told == [("request-1", False)] * 3
    assert INSIDE.get() is True


def test_a_fault_is_raised_once_all_have_ended(fan_out: FanOut) -> None:
    ended = threading.Event()

    def slow() -> str:
        ended.set()
        return "slow"

    def broken() -> str:
        msg = "broken"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="broken"):
        fan_out.run([slow, broken])
    assert ended.is_set()
    with pytest.raises(RuntimeError, match="broken"):
        fan_out.run([broken, slow])
