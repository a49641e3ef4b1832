"""Booking's benchmark: all of it runs, nothing is sold twice, and what goes wrong is seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.booking.__main__ import main
from bench.booking.crowd import Told
from bench.booking.rush import overtaken

ROOT = Path(__file__).parents[2]
PROMISES = (
    "oversold",
    "double_claims",
    "torn",
    "rivals",
    "order",
    "rush_answered",
    "rush_served",
    "fhir",
)


def test_a_quick_run_keeps_every_promise(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if not (ROOT / "var" / "models").is_dir():
        pytest.skip("what the API needs to start is not under var/")
    kept = tmp_path / "booking.json"
    main(["--quick", "--out", str(kept)])  # how fast it was decides what it returns
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told == json.loads(kept.read_text(encoding="utf-8"))
    assert all(told["met"][name] for name in PROMISES), told
    assert (told["attempts"], told["core"]["told_taken"]) == (200, 100)
    assert told["fhir"]["Appointment"] == 12  # one in every state
    assert (told["rush"]["tickets"], told["rush"]["served"]) == (60, 20)


def ticket(rank: int, sent: float, heard: float) -> Told:
    return Told(person_id=str(rank), sent=sent, heard=heard, status=200, body={"rank": rank})


def test_whoever_asked_later_and_came_first_is_seen() -> None:
    at_once = [ticket(2, 0.0, 1.0), ticket(1, 0.5, 1.5)]
    assert overtaken(at_once) == 0
    later = [ticket(2, 0.0, 1.0), ticket(1, 1.1, 1.5), ticket(3, 1.2, 1.4)]
    assert overtaken(later) == 1
