"""Processes that answer calls: real ones, which are killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from app.core.hands.forking import fork_hands
from app.core.hands.frames import receive, send
from app.core.hands.hand import Call, Hand, HandGone, HandLost
from app.factory import close, create_server
from app.wiring.parts import Parts
from config import Settings
from tests.app.identity.fakes import FakeFaces
from tests.app.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATIENCE_S = 60


def telling(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Tells its process and what it was sent, or dies."""
    if environ["PATH_INFO"] == "/die":
        os._exit(1)
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("X-Length", str(len(body)))])
    return [str(os.getpid()).encode(), b" ", body]


Fork = Callable[[int], tuple[Hand, ...]]


@pytest.fixture
def fork() -> Iterator[Fork]:
    made: list[Hand] = []

    def forked(count: int) -> tuple[Hand, ...]:
        made.extend(fork_hands(count, lambda: telling))
        return tuple(made[-count:]) if count else ()

    yield forked
    for hand in made:
        hand.end()
        hand.process.join(PATIENCE_S)


def call(path: str = "/", body: bytes = b"") -> Call:
    return Call(environ={"PATH_INFO": path, "REQUEST_METHOD": "POST"}, body=body)


def test_each_process_answers_for_itself(fork: Fork) -> None:
    hands = fork(3)
    pids = [int(hand.answer(call()).body) for hand in hands]
    assert pids == [hand.process.pid for hand in hands]
    assert len({os.getpid(), *pids}) == 4


def test_none_are_made_where_none_are_wanted(fork: Fork) -> None:
    assert fork(0) == ()


def test_whatever_fits_into_a_request_comes_back_whole(fork: Fork) -> None:
    (hand,) = fork(1)
    for body in (b"", b"\r\n\r\n", bytes(range(256)) * 4096):
        answer = hand.answer(call(body=body))
        assert answer.body.partition(b" ")[2] == body
        assert answer.headers == [("X-Length", str(len(body)))]
        assert answer.status == "200 OK"


def test_a_process_that_ended_before_has_done_nothing(fork: Fork) -> None:
    (hand,) = fork(1)
    hand.process.kill()
    hand.process.join(PATIENCE_S)
    with pytest.raises(HandGone):
        hand.answer(call())


def test_of_a_process_that_ended_over_a_call_nobody_knows(fork: Fork) -> None:
    (hand,) = fork(1)
    with pytest.raises(HandLost):
        hand.answer(call("/die"))


def test_a_process_ends_when_its_caller_hangs_up_and_not_by_a_signal_before(fork: Fork) -> None:
    first, second = fork(2)
    first.answer(call())
    os.kill(first.process.pid or 0, signal.SIGTERM)
    assert first.answer(call(body=b"x")).body.endswith(b" x")
    first.let_go()
    first.process.join(PATIENCE_S)
    assert first.process.exitcode == 0
    assert second.answer(call(body=b"y")).body.endswith(b" y")


def test_half_a_frame_is_none() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send(ours, {"a": "ü"}, b"body")
        whole = theirs.recv(1 << 16)
        for cut in (1, 7, 9, len(whole) - 1):
            one, other = socket.socketpair()
            with one, other:
                one.sendall(whole[:cut])
                one.shutdown(socket.SHUT_WR)
                with pytest.raises(EOFError):
                    receive(other)


@contextmanager
def serving(settings: Settings) -> Iterator[FlaskClient]:
    app = create_server(settings, parts=Parts(faces=FakeFaces()))
    try:
        yield app.test_client()
    finally:
        close(app)


def test_a_server_answers_tills_by_a_process_of_its_own_as_it_would_itself(
    world: World, tmp_path: Path
) -> None:
    """Without a token: the refusal shows that the whole way is there."""
    settings = world.settings.model_copy(update={"keys_dir": tmp_path / "keys"})
    answers = []
    for processes in (1, 0):
        changes = {"till_processes": processes}
        with serving(settings.model_copy(update=changes)) as client:
            id_of_ours = {"X-Request-Id": "the-same-one"}
            answers += [
                client.post(f"/v1/terminal/{path}", json={}, headers=id_of_ours)
                for path in ("decode", "quotes", "settlements")
            ]
            assert client.get("/health/live").status_code == 200
    told = [(each.status_code, each.json, sorted(each.headers)) for each in answers]
    assert told[:3] == told[3:]
    assert {(status, body["code"]) for status, body, _ in told} == {(401, "INVALID_TOKEN")}


def test_what_a_server_handed_over_ends_with_it(world: World, tmp_path: Path) -> None:
    changes = {"keys_dir": tmp_path / "keys", "till_processes": 2}
    before = set(multiprocessing.active_children())
    with serving(world.settings.model_copy(update=changes)):
        made = set(multiprocessing.active_children()) - before
        assert len(made) == 2
    for process in made:
        process.join(PATIENCE_S)
    assert [process.exitcode for process in made] == [0, 0]
