"""A hospital's system takes each event once, whatever stops it, and sees what is missing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.hospital_his.book import Book
from tests.sandbox.hospital_his.city import City, event

Run = Callable[..., int]
CHECKOUT = Path(__file__).parents[3]
_PATIENCE_S = 60


def _taken(path: Path) -> list[int]:
    with Book.opened(path) as book:
        return [sequence for sequence, _ in book.events()]


def _states(path: Path) -> dict[str, str]:
    with Book.opened(path) as book:
        return {one.id: one.state for one in book.appointments()}


def test_all_pages_are_read_and_each_event_once(city: City, his: Run, path: Path) -> None:
    city.events = [event(n, f"apt_{n}") for n in range(1, 6)]
    assert [his("follow"), his("follow")] == [0, 0]
    assert _taken(path) == [1, 2, 3, 4, 5]
    city.events.append(event(6, "apt_1", 2, type="appointment.arrived"))
    assert his("follow") == 0
    assert _states(path)["apt_1"] == "arrived"
    assert city.asked[-1][1].endswith("&after=5")


def test_what_changes_no_state_leaves_it(city: City, his: Run, path: Path) -> None:
    city.events = [event(1), event(2, number=2, type="appointment.changed")]
    assert his("follow") == 0
    assert _states(path) == {"apt_1": "booked"}


def test_other_events_of_the_feed_count_too(city: City, his: Run, path: Path) -> None:
    other = event(1, type="settlement.settled", data={"settlement": "set_1"})
    city.events = [other, event(2)]
    assert his("follow") == 0
    assert _taken(path) == [1, 2]


@pytest.mark.parametrize(
    "events",
    [
        [event(1), event(3, "apt_2")],
        [event(1), event(2, number=3)],
        [event(1), event(2, "apt_2", 2)],
    ],
)
def test_a_gap_is_seen_and_nothing_of_it_taken(
    city: City, his: Run, path: Path, events: list[dict[str, object]]
) -> None:
    city.events = events
    assert his("follow") == 1
    assert _taken(path) == []


def test_a_book_that_begins_late_takes_what_it_is_given(city: City, his: Run, path: Path) -> None:
    city.events = [event(41, number=4), event(42, number=5)]
    assert his("follow") == 0
    assert _taken(path) == [41, 42]


def test_a_system_killed_between_fetch_and_store_loses_and_doubles_nothing(
    city: City, his: Run, path: Path
) -> None:
    city.events = [event(n, f"apt_{n}") for n in (1, 2)]
    assert his("follow") == 0
    city.events += [event(n, f"apt_{n}") for n in (3, 4, 5)]
    city.sent.clear()
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")  # what is fetched cannot be stored
    command = [sys.executable, "-m", "sandbox.hospital_his", "--book", str(path), "follow"]
    with subprocess.Popen(command, cwd=CHECKOUT) as process:  # noqa: S603 - our own program
        assert city.sent.wait(_PATIENCE_S)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(_PATIENCE_S) == -signal.SIGKILL
    lock.execute("ROLLBACK")
    lock.close()
    assert _taken(path) == [1, 2]
    assert his("follow") == 0
    assert _taken(path) == [1, 2, 3, 4, 5]
    assert len(_states(path)) == 5


def test_a_book_that_others_can_read_is_refused(his: Run, path: Path) -> None:
    path.touch()
    path.chmod(0o644)
    assert his("follow") == 2


def test_a_file_that_is_no_book_is_refused(his: Run, path: Path) -> None:
    path.write_bytes(b"no book" * 1000)
    path.chmod(0o600)
    assert his("follow") == 2
