"""A department that is asked to stop answers what it was asked, and then is gone."""

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.departments.housing.homes import open_housing
from sandbox.departments.office.books import Found
from sandbox.departments.office.counter import HEALTH_PATH
from sandbox.departments.office.desk import several
from sandbox.departments.office.office import HOST
from sandbox.departments.office.question import Question
from tests.sandbox.departments.building import Building, at_work, send
from tests.sandbox.departments.people import ZHANG

SECONDS = 20


@dataclass
class Thought:
    """An envelope that is only written when the test lets it."""

    asked: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)

    def __call__(self, question: Question, found: Found) -> dict[str, Any]:
        self.asked.set()
        assert self.may_answer.wait(SECONDS)
        return several(question, found)


def refuses(building: Building) -> None:
    """Wait until nobody listens any more."""
    deadline = threading.Event()
    for _ in range(SECONDS * 100):
        try:
            send(building.port, "GET", HEALTH_PATH)
        except ConnectionError:
            return
        deadline.wait(0.01)
    pytest.fail("still listening")


def test_a_question_that_was_asked_before_the_stop_is_answered(tmp_path: Path) -> None:
    thought = Thought()
    housing = open_housing(tmp_path)
    slow = replace(housing, desks=(replace(housing.desks[0], envelope=thought),))
    with at_work(slow) as building, ThreadPoolExecutor(max_workers=2) as pool:
        answer = pool.submit(building.ask, "home-ownership", ZHANG)
        assert thought.asked.wait(SECONDS)

        stopping = pool.submit(building.office.stop)
        refuses(building)
        thought.may_answer.set()

        assert answer.result(SECONDS).json["found"] is True
        stopping.result(SECONDS)


def test_connections_that_wait_for_nothing_end_with_the_stop(
    housing: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.departments.office.door._DRAIN_SECONDS", 2.0 * SECONDS)
    with (
        closing(http.client.HTTPConnection(HOST, housing.port, timeout=SECONDS)) as connection,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        connection.request("GET", HEALTH_PATH)
        assert json.loads(connection.getresponse().read())["status"] == "ok"
        kept = connection.sock
        assert kept is not None
        kept.settimeout(5)  # far less than a silent connection is kept otherwise

        stopping = pool.submit(housing.office.stop)

        assert kept.recv(1) == b""
        stopping.result(SECONDS)


def test_a_question_that_takes_too_long_is_cut_by_the_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.departments.office.door._DRAIN_SECONDS", 0.05)
    thought = Thought()
    housing = open_housing(tmp_path)
    slow = replace(housing, desks=(replace(housing.desks[0], envelope=thought),))
    with at_work(slow) as building, ThreadPoolExecutor(max_workers=1) as pool:
        answer = pool.submit(building.ask, "home-ownership", ZHANG)
        assert thought.asked.wait(SECONDS)

        building.office.stop()

        with pytest.raises(http.client.RemoteDisconnected):
            answer.result(SECONDS / 4)  # long before the thought ends by itself
        thought.may_answer.set()
