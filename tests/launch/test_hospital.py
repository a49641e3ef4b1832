"""The hospital of the demonstration, as its import is told of it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from launch.errors import LaunchRefused
from launch.hospital import WALK_IN, hospital_files, walk_in
from launch.payer import pay_order

CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 12, 1, 12, 7, tzinfo=CHINA)


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_schedule_is_of_the_coming_days_and_the_key_stays(tmp_path: Path) -> None:
    first = hospital_files(tmp_path, now=NOON)
    key = first.key_file.read_bytes()
    lines = _lines(first.schedule)
    kinds = Counter(line["kind"] for line in lines)
    assert kinds["department"] >= 8
    assert kinds["practitioner"] >= 20
    days = {str(line["day"]) for line in lines if line["kind"] == "session"}
    assert (min(days), max(days)) == ("2026-12-01", "2026-12-14")

    again = hospital_files(tmp_path, now=NOON)

    assert again.key_file.read_bytes() == key
    assert _lines(again.schedule) == lines


@pytest.mark.parametrize(
    ("hour", "half_day", "times"),
    [
        (0, "morning", ("00:10", "03:10")),
        (11, "morning", ("11:10", "14:10")),
        (14, "afternoon", ("14:10", "17:10")),
        (22, "evening", ("22:10", "23:59")),
    ],
)
def test_somebody_can_come_at_once_and_never_past_midnight(
    hour: int, half_day: str, times: tuple[str, str]
) -> None:
    department, _, session = walk_in(NOON.replace(hour=hour, minute=17))
    assert department["name"] == WALK_IN
    assert session["half_day"] == half_day
    assert (session["starts"], session["ends"]) == times
    assert session["day"] == "2026-12-01"


def test_without_a_provider_of_this_launch_nobody_pays(tmp_path: Path) -> None:
    with pytest.raises(LaunchRefused, match="cannot be paid"):
        pay_order(tmp_path, "ord_1")
