"""A line before a few places: urgency, room, ageing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.core.hands.line import Line

PLENTY_S = 60.0


class Timer:
    """Seconds that pass when somebody says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Hall:
    """A line with one place, which is taken, and threads that come to stand in it."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.timer = Timer()
        self.line = Line(["place"], room=8, patience_s=PLENTY_S, timer=self.timer)
        self.served: list[str] = []
        self._pool = pool
        self.line.take()

    def come(self, name: str, *, head_start_s: float = 0.0) -> Future[None]:
        """Have somebody come; returns once they stand in the line."""
        before = self.line.length
        coming = self._pool.submit(self._visit, name, head_start_s)
        wait_for(lambda: self.line.length == before + 1)
        return coming

    def _visit(self, name: str, head_start_s: float) -> None:
        place = self.line.take(head_start_s=head_start_s)
        self.served.append(name)
        self.line.give_back(place)


def wait_for(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PLENTY_S
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as made:
        yield made


@pytest.fixture
def hall(pool: ThreadPoolExecutor) -> Hall:
    return Hall(pool)


def served(hall: Hall, *coming: Future[None]) -> list[str]:
    hall.line.give_back("place")
    for each in coming:
        each.result(PLENTY_S)
    return hall.served


def test_who_came_first_is_first(hall: Hall) -> None:
    visits = [hall.come(name) for name in "abc"]
    assert served(hall, *visits) == ["a", "b", "c"]


def test_who_is_more_urgent_passes_those_who_came_within_the_head_start(hall: Hall) -> None:
    quote = hall.come("quote")
    settle = hall.come("settle", head_start_s=0.05)
    decode = hall.come("decode", head_start_s=0.1)
    assert served(hall, quote, settle, decode) == ["decode", "settle", "quote"]


def test_nobody_waits_for_ever_however_many_urgent_ones_come(hall: Hall) -> None:
    patient = hall.come("patient")
    urgent = []
    for n in range(6):
        hall.timer.now += 0.04
        urgent.append(hall.come(f"urgent-{n}", head_start_s=0.1))
    order = served(hall, patient, *urgent)
    assert order.index("patient") == 2  # those who came within its first tenth of a second


def test_a_line_that_is_full_says_so_at_once(pool: ThreadPoolExecutor) -> None:
    line = Line(["place"], room=1, patience_s=PLENTY_S)
    place = line.take()
    waiting = pool.submit(line.take)
    wait_for(lambda: line.length == 1)
    with pytest.raises(DomainError, match="BUSY") as refused:
        line.take(head_start_s=1000)
    assert refused.value.retry_after == 1
    line.give_back(place)
    assert waiting.result(PLENTY_S) == "place"


def test_who_has_lost_patience_leaves_the_line_and_takes_no_place() -> None:
    line = Line(["place"], room=1, patience_s=0.01)
    place = line.take()
    with pytest.raises(DomainError, match="BUSY"):
        line.take()
    assert line.length == 0
    line.give_back(place)
    assert line.take() == "place"


def test_another_place_may_be_given_back_instead(hall: Hall) -> None:
    hall.line.give_back("another")
    assert hall.line.take() == "another"


def test_no_place_is_given_to_two(pool: ThreadPoolExecutor) -> None:
    places = [threading.Lock() for _ in range(3)]
    line = Line(places, room=64, patience_s=PLENTY_S)

    def visit(_: int) -> bool:
        place = line.take()
        alone = place.acquire(blocking=False)
        time.sleep(0)
        if alone:
            place.release()
        line.give_back(place)
        return alone

    assert all(pool.map(visit, range(500)))
    assert line.length == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 2, 5])), min_size=1, max_size=8))
def test_the_order_is_that_of_coming_less_the_head_start(steps: list[tuple[int, int]]) -> None:
    with ThreadPoolExecutor(8) as pool:
        hall = Hall(pool)
        due, visits = [], []
        for n, (pause, head_start) in enumerate(steps):
            hall.timer.now += pause
            due.append((hall.timer.now - head_start, n))
            visits.append(hall.come(str(n), head_start_s=head_start))
        assert served(hall, *visits) == [str(n) for _, n in sorted(due)]
