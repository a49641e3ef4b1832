"""Processes that die or have no time: a request ends cleanly, and nothing is done twice."""

from __future__ import annotations

import os
import secrets
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.phone.session import Actor
from tests.journeys.conftest import Wires
from tests.journeys.ground import OtherApi
from tests.journeys.people import AYNUR, ZHOU
from tests.journeys.processes import Tree, alive, kill, stopped
from tests.journeys.wire import Answer, Session, until_believed

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]
_IN_THE_MIDDLE_S = 0.4
_STOP_S = 60
"""Those that waited for each other waited for ever."""
_WINDOW_S = 8 + 6
"""What a turn and its upload may take, from the reveal."""


def test_a_face_worker_killed_over_a_step_fails_that_request_and_no_other(
    wires: Wires, actor: Actor, tree: Tree
) -> None:
    ended = until_believed(lambda: _lost_its_workers(Session(wires(), AYNUR, actor), tree))

    assert ended.json["status"] == "PASSED"


def _lost_its_workers(session: Session, tree: Tree) -> Answer:
    frames = session.film()
    workers = tree.face_workers

    with ThreadPoolExecutor(max_workers=1) as pool, stopped(*workers):
        sent = pool.submit(session.send, frames)
        time.sleep(_IN_THE_MIDDLE_S)
        assert not sent.done()
        kill(*workers)
        failed = sent.result()

    assert failed.brief == (503, "UNAVAILABLE")
    assert failed.asks_to_come_back
    # The same step again, and the rest of the session, with workers that are new.
    assert session.send(frames).json["status"] == "IN_PROGRESS"
    ended = session.finish()
    assert len(tree.face_workers_again(len(workers), but=workers)) == len(workers)
    return ended


def test_phones_beyond_the_queue_are_sent_away_at_once_and_served_when_they_come_back(
    wires: Wires, actor: Actor, other_api: OtherApi
) -> None:
    phones = [wires(other_api.base_url) for _ in range(4)]
    sessions = [Session(phone, ZHOU, actor) for phone in phones]
    captures = [session.film() for session in sessions]
    [worker] = Tree(other_api.child.process.pid).face_workers

    with ThreadPoolExecutor(max_workers=len(phones)) as pool:
        with stopped(worker):
            sent = [
                pool.submit(session.send, frames)
                for session, frames in zip(sessions, captures, strict=True)
            ]
            time.sleep(_IN_THE_MIDDLE_S)
            turned_away = [n for n, one in enumerate(sent) if one.done()]
        answers = [one.result() for one in sent]

    assert len(turned_away) == len(phones) - 1
    for n, answer in enumerate(answers):
        if n not in turned_away:
            assert answer.json["status"] == "IN_PROGRESS"
            continue
        assert answer.brief == (503, "BUSY")
        assert answer.asks_to_come_back
        assert sessions[n].send(captures[n]).json["status"] == "IN_PROGRESS"


def test_an_api_killed_between_two_steps_goes_on_where_it_was_and_does_nothing_twice(
    wires: Wires, actor: Actor, other_api: OtherApi
) -> None:
    phone = wires(other_api.base_url)
    ended = until_believed(lambda: _lost_its_api(Session(phone, AYNUR, actor), other_api))

    if ended.json.get("retry_code") == "TOO_SLOW":
        pytest.skip("starting the API again took longer than a step may last")
    assert ended.json["status"] == "PASSED", ended
    assert phone.redeem(ended.json["code"]).status == 200


def _lost_its_api(session: Session, other_api: OtherApi) -> Answer:
    phone, key = session.wire, secrets.token_urlsafe(16)
    opened = phone.begin(ZHOU, key=key)
    frames = session.film()
    first = session.send(frames)
    revealed = time.monotonic()

    os.killpg(other_api.child.process.pid, signal.SIGKILL)
    other_api.child.process.wait()
    other_api.start()

    # What was done stays done, and the step that was due is still the same.
    assert phone.begin(ZHOU, key=key).json == opened.json
    assert session.send(frames, n=0).json == first.json
    assert session.look().json["step"] == first.json["step"]
    ended = session.finish()
    took = time.monotonic() - revealed
    assert ended.json.get("retry_code") != "TOO_SLOW" or took > _WINDOW_S
    return ended


def test_an_api_that_is_asked_to_stop_ends_by_itself_and_its_workers_with_it(
    other_api: OtherApi,
) -> None:
    watcher = other_api.child.process
    below = Tree(watcher.pid).everyone()
    assert len(below) > 1

    watcher.terminate()

    assert watcher.wait(timeout=_STOP_S) == 0
    assert [pid for pid in below if alive(pid)] == []
    other_api.start()
