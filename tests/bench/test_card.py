"""The card's benchmark: all of it runs, nothing is served twice, and what goes wrong is seen."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from bench.card.__main__ import _met, main
from bench.card.double_spends import Told
from bench.card.driver import Answer, Call, Turn, play
from bench.card.killing import Converged
from bench.card.table import placed

ROOT = Path(__file__).parents[2]
PROMISES = ("double_spends", "somebody_served", "identities", "ledger", "kill9", "faults_found")
FIGURES = ROOT / "docs" / "figures" / "card.json"


def figures() -> Any:
    return json.loads(FIGURES.read_text(encoding="utf-8"))


def test_a_quick_run_keeps_every_promise(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if not (ROOT / "var" / "models").is_dir():
        pytest.skip("what the API needs to start is not under var/")
    kept = tmp_path / "card.json"
    main(["--quick", "--out", str(kept)])  # how fast it was decides what it returns
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told == json.loads(kept.read_text(encoding="utf-8"))
    assert all(told["met"][name] for name in PROMISES), told
    assert told["refused"] == {}
    assert told["ms"]["settle"]["count"] == told["options"]["persons"]
    assert told["double_spend_pairs"] == told["options"]["pairs"]
    assert told["pairs"]["outcomes"]["code"] == {"won": 12, "CODE_USED": 12}
    assert told["pairs"]["outcomes"]["quote"] == {"won": 4, "QUOTE_USED": 4}
    assert told["pairs"]["outcomes"]["presentation"] == {"won": 4, "PRESENCE_USED": 4}
    assert told["kill9_runs"] == told["kill9_converged"] == 2
    assert told["ledger"]["chained"] == told["ledger"]["transactions"] > 0
    ways = told["rivals"]
    assert ways["lock the table"]["double_spends"] == 0
    assert ways["conditional update"]["double_spends"] == 0


def server(answers: list[bytes]) -> tuple[str, threading.Thread]:
    """Answers one connection's requests, each after it has come, byte by byte."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            for answer in answers:
                connection.recv(1 << 16)
                for n in range(len(answer)):
                    connection.send(answer[n : n + 1])

    thread = threading.Thread(target=serve)
    thread.start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}", thread


def http(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d Said\r\nContent-LENGTH: %d\r\n\r\n%b" % (status, len(body), body)


def test_answers_are_heard_whole_and_refusals_are_counted_apart() -> None:
    heard: list[Answer] = []

    def turn() -> Turn:
        call = Call(kind="decode", data=b"POST / HTTP/1.1\r\n\r\n")
        heard.extend([(yield call), (yield call)])

    base_url, thread = server([http(200, b'{"a": 1}'), http(409, b"{}")])
    played = play(base_url, [turn()])
    thread.join()
    assert [(one.status, one.json()) for one in heard] == [(200, {"a": 1}), (409, {})]
    assert len(played.ms["decode"]) == 1
    assert played.refused == {"decode 409": 1}


def test_a_pause_comes_before_a_request_and_is_no_part_of_its_time() -> None:
    heard: list[Answer] = []

    def turn() -> Turn:
        call = Call(kind="decode", data=b"POST / HTTP/1.1\r\n\r\n", pause_s=0.2)
        heard.extend([(yield call), (yield call)])

    base_url, thread = server([http(200, b"{}"), http(200, b"{}")])
    played = play(base_url, [turn()])
    thread.join()
    assert [one.status for one in heard] == [200, 200]
    assert played.wall_s * 1000 > sum(played.ms["decode"]) + 400 - 1


def test_a_server_that_hangs_up_is_not_waited_for() -> None:
    def turn() -> Turn:
        yield Call(kind="decode", data=b"POST / HTTP/1.1\r\n\r\n")

    base_url, thread = server([http(200, b"{}")[:-1]])
    with pytest.raises(ConnectionError):
        play(base_url, [turn()])
    thread.join()


def test_a_double_spend_counts_whoever_notices_it() -> None:
    assert Told().double_spends == 0
    assert Told(both_won=1).double_spends == 1
    assert Told(both_won=1, found={"quotes settled twice": 2}).double_spends == 2


def test_what_came_to_no_end_has_not_converged() -> None:
    assert Converged(runs=3, ends={"settled": 1, "voided": 1, "": 1}).converged == 2


@pytest.mark.parametrize(
    ("promise", "changes"),
    [
        ("double_spends", {"double_spends": 1}),
        ("double_spends", {"double_spend_pairs": 0}),
        ("identities", {"identity_violations": 1}),
        ("ledger", {"ledger": {"intact": False}}),
        ("kill9", {"kill9_converged": 0}),
        ("decode_p99", {"decode_p99_ms": 50.1}),
        ("settle_p99", {"settle_p99_ms": 150.1}),
        ("settlements", {"settlements_per_s": 149.9}),
        ("split", {"split_per_s": 49_999}),
        ("offline_verify", {"offline_code": {"verify_ms": 1.1}}),
        ("faults_found", {"faults": [2.0, 300.0]}),
        ("faults_found", {"faults": []}),
    ],
)
def test_a_promise_that_was_broken_is_not_met(promise: str, changes: dict[str, Any]) -> None:
    assert _met({**figures(), **changes})[promise] is False


def test_the_published_figures_are_those_of_the_file() -> None:
    page = (ROOT / "docs" / "settlement.md").read_text(encoding="utf-8")
    assert placed(page, figures()) == page


def test_a_page_without_marks_gets_no_tables() -> None:
    with pytest.raises(ValueError, match="from docs/figures"):
        placed("# A page\n", figures())
