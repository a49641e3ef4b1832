"""Which calls go to a hand, and what becomes of a call whose hand is not there."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore
from typing import TYPE_CHECKING, Any

from app.core.errors import BUSY
from app.core.hands.hand import Answer, Call, HandGone, HandLost
from app.core.hands.handing_over import HandingOver, Urgent
from app.core.http.hooks import REFUSAL
from tests.app.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOT = ("POST", "/hot")
OK = "200 OK"
PATIENCE_S = 60.0


class FakeHand:
    """Answers with its name, unless something has happened to it."""

    def __init__(self, *, fails: type[Exception] | None = None) -> None:
        self.calls: list[Call] = []
        self.ended = False
        self._fails = fails

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        if self._fails is not None:
            raise self._fails
        return Answer(status=OK, headers=[("X-By", "hand")], body=b"hand")

    def end(self) -> None:
        self.ended = True


def inside(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The application of this process: tells what it got."""
    refused = environ.get(REFUSAL)
    start_response(OK, [("X-By", "inside")])
    body = environ["wsgi.input"].read()
    return [f"inside {refused or ''}{body.decode()}".encode()]


def before(hand: FakeHand, *, inside: WSGIApplication = inside, room: int = 8) -> HandingOver:
    return HandingOver(
        inside,
        hands=[hand],
        urgent={HOT: Urgent(head_start_s=0.0, unless=b"slow")},
        room=room,
        patience_s=PATIENCE_S,
        elsewise=2,
    )


def asked(
    application: HandingOver, body: bytes = b"{}", *, method: str = "POST", **more: Any
) -> str:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/hot",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **more,
    }
    return b"".join(application(environ, lambda *_: lambda _: None)).decode()


def test_a_small_urgent_call_goes_to_a_hand() -> None:
    hand = FakeHand()
    assert asked(before(hand), b'{"a": 1}') == "hand"
    assert hand.calls[0].body == b'{"a": 1}'


def test_everything_else_is_answered_here() -> None:
    hand = FakeHand()
    front = before(hand)
    assert asked(front, method="GET").startswith("inside")
    assert asked(front, PATH_INFO="/hot/").startswith("inside")
    assert asked(front, b'{"how": "slow"}') == 'inside {"how": "slow"}'
    assert asked(front, b"x" * (64 * 1024 + 1)).startswith("inside x")
    for length in ("", "-2", "2.0", "²", "9" * 5000):
        assert asked(front, CONTENT_LENGTH=length).startswith("inside")
    assert hand.calls == []


def test_a_hand_is_told_the_request_and_nothing_of_this_process() -> None:
    hand = FakeHand()
    told: dict[str, Any] = {
        "HTTP_DPOP": "proof",
        "REMOTE_ADDR": "192.0.2.1",
        "wsgi.url_scheme": "https",
    }
    asked(before(hand), **told, DATABASE_URL="secret", SERVER_SOFTWARE="any")
    assert json.loads(json.dumps(dict(hand.calls[0].environ))) == {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/hot",
        "CONTENT_LENGTH": "2",
        **told,
    }


def test_a_call_that_no_hand_had_is_answered_here_and_so_are_the_next_ones() -> None:
    gone = FakeHand(fails=HandGone)
    front = before(gone)
    assert asked(front, b"[1]") == "inside [1]"
    assert gone.ended
    assert asked(front, b"[2]") == "inside [2]"
    assert len(gone.calls) == 1


def test_a_call_whose_hand_was_lost_over_it_is_not_done_again() -> None:
    lost = FakeHand(fails=HandLost)
    front = before(lost)
    assert asked(front, b"[1]") == "inside INTERNAL[1]"
    assert lost.ended
    assert asked(front, b"[2]") == "inside [2]"


def test_where_nobody_is_free_in_time_the_caller_is_told_to_come_again() -> None:
    hand = FakeHand()
    front = before(hand, room=0)
    front._line.take()  # as another call has it
    assert asked(front) == "inside BUSY{}"
    assert hand.calls == []


def test_uploads_are_bounded_and_hold_up_no_urgent_call() -> None:
    hand, inside_now, go_on = FakeHand(), Semaphore(0), Event()

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        inside_now.release()
        assert go_on.wait(PATIENCE_S)
        return inside(environ, start_response)

    front = before(hand, inside=slow)
    with ThreadPoolExecutor(3) as pool:
        uploads = [pool.submit(asked, front, method="PUT") for _ in range(3)]
        assert [inside_now.acquire(timeout=PATIENCE_S) for _ in range(2)] == [True, True]
        assert asked(front) == "hand"
        assert not inside_now.acquire(blocking=False)
        go_on.set()
        assert [upload.result(PATIENCE_S) for upload in uploads] == ["inside {}"] * 3


def test_a_refusal_made_before_reads_as_any_other(world: World) -> None:
    answer = world.client.post(
        "/v1/terminal/decode", json={}, environ_overrides={REFUSAL: BUSY(retry_after=1)}
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    told = answer.get_json()
    assert (told["code"], told["action"], told["retry_after"]) == ("BUSY", "RETRY", 1)
    assert told["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_header_of_a_caller_is_taken_for_a_refusal(world: World) -> None:
    answer = world.client.get("/health/live", headers={REFUSAL: "x", "zero-run.refusal": "x"})
    assert answer.status_code == 200
