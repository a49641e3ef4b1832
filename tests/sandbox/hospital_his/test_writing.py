"""What a hospital's system tells takes effect once, though answers are lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.hospital_his.__main__ import main
from sandbox.hospital_his.book import Book
from tests.sandbox.hospital_his.city import City

Run = Callable[..., int]
STOPPED = {
    "sessions": [{"external_id": "S1", "replanned": 1, "cancelled": 2, "released": 0}],
    "dry_run": False,
}
BUSY = (503, {"code": "UNAVAILABLE", "status": 503})


def _keys(city: City) -> list[str]:
    return [key for method, path, key in city.asked if path == "/v1/hospital/stops"]


def _open(path: Path) -> int:
    with Book.opened(path) as book:
        return len(book.open)


def test_a_stop_is_sent_again_under_the_same_key_until_it_is_answered(
    city: City, his: Run, path: Path
) -> None:
    city.answers = [BUSY, BUSY, (200, STOPPED)]
    assert his("stop", "S1", "--reason", "doctor_away") == 0
    assert len(_keys(city)) == 3
    assert len(set(_keys(city))) == 1
    assert _open(path) == 0


def test_a_stop_without_an_answer_is_resumed_after_a_restart(
    city: City, his: Run, path: Path
) -> None:
    city.answers = [BUSY]
    assert his("stop", "S1", "--reason", "doctor_away") == 1
    assert _open(path) == 1
    city.answers = [(200, STOPPED)]
    assert his("resume") == 0
    assert len(set(_keys(city))) == 1
    assert _open(path) == 0
    asked = len(city.asked)
    assert his("resume") == 0
    assert len(city.asked) == asked


def test_a_stop_that_is_refused_is_over(city: City, his: Run, path: Path) -> None:
    city.answers = [(404, {"code": "SESSION_UNKNOWN", "status": 404})]
    assert his("stop", "S1", "--reason", "holiday") == 1
    assert (_open(path), len(_keys(city))) == (0, 1)


def test_two_stops_are_two(city: City, his: Run) -> None:
    city.answers = [(200, STOPPED)]
    for _ in range(2):
        his("stop", "S1", "--reason", "holiday")
    assert len(set(_keys(city))) == 2


def test_a_token_that_has_ended_is_replaced_once(city: City, his: Run) -> None:
    city.answers = [(401, {"code": "UNAUTHENTICATED"}), (200, {"id": "apt_1"})]
    assert his("served", "apt_1") == 0
    assert [path for _, path, _ in city.asked] == ["/v1/hospital/appointments/apt_1/service"] * 2


def test_refusals_of_the_fhir_facade_are_told_by_their_code(
    city: City, his: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    issue = {"details": {"coding": [{"code": "FHIR_SLOT_BUSY"}], "text": "taken"}}
    city.answers = [
        (200, {"presence_token": "x"}),
        (409, {"resourceType": "OperationOutcome", "issue": [issue]}),
    ]
    assert his("book", "1" * 18, "--slot", "Slot/unt-1") == 1
    assert "409 FHIR_SLOT_BUSY: taken" in capsys.readouterr().err


def test_what_nobody_answers_is_unknown(his: Run, path: Path) -> None:
    his("appointments")
    with Book.opened(path) as book:
        book.keep(base_url="http://127.0.0.1:9", issuer="x")
    assert main(["--book", str(path), "follow"], sleep=lambda _: None) == 2


def test_a_schedule_is_sent_until_all_of_it_was_read(
    city: City, his: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    line = {"line": 2, "id": "S2", "code": "SESSION_SHRINKS_BELOW_CLAIMED"}
    city.answers = [
        (200, {**counts, "next_line": 2, "lines": []}),
        (200, {**counts, "lines": [line]}),
    ]
    file = tmp_path / "schedule.ndjson"
    file.write_text("{}")
    assert his("import", str(file)) == 1
    assert len(city.asked) == 2
    assert "line 2      SESSION_SHRINKS_BELOW_CLAIMED  S2" in capsys.readouterr().out
