"""The sandbox's hospitals send what the import takes, the same every time."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from app.hospital.planning.service.lines.reading import MOST_LINES, Read, numbered, read_ndjson
from sandbox.hospital_his.schedule.__main__ import main
from sandbox.hospital_his.schedule.places import HOSPITALS
from sandbox.hospital_his.schedule.records import records, written

FIRST = date(2026, 12, 1)


def file(hospital: int, **changes: Any) -> bytes:
    found = records(HOSPITALS[hospital], **{"first": FIRST, "days": 14, **changes})
    return "".join(written(found)).encode()


@pytest.mark.parametrize("hospital", range(3))
def test_every_line_can_be_read(hospital: int) -> None:
    found = list(read_ndjson(numbered(BytesIO(file(hospital)))))
    assert all(isinstance(one, Read) for one in found)
    kinds = Counter(one.record.kind for one in found if isinstance(one, Read))
    assert (kinds["department"], kinds["practitioner"]) == (10, 20)
    assert kinds["session"] > 150


def test_what_is_referred_to_comes_first_and_no_id_twice() -> None:
    seen: set[tuple[str, str]] = set()
    for line in file(0).splitlines():
        said = json.loads(line)
        for kind in ("campus", "department", "practitioner"):
            assert kind not in said or (kind, said[kind]) in seen
        assert (said["kind"], said["id"]) not in seen
        seen.add((said["kind"], said["id"]))


def test_the_same_seed_is_the_same_schedule(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--hospital", "2", "--first", "2026-12-01"]
    told = []
    for more in ([], [], ["--seed", "1"]):
        assert main([*words, *more]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] != told[2]


def test_a_thousand_doctors_fit_into_one_file() -> None:
    assert file(0, count=1_000).count(b"\n") < MOST_LINES
