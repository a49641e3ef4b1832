"""Whatever a file holds, each of its lines is a record or a refusal, and none stops the reading."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.hospital.models.planning import CHANNELS
from app.hospital.planning.service.chinese_days import opening
from app.hospital.planning.service.initials import initials_of
from app.hospital.planning.service.lines.reading import (
    LONGEST_LINE,
    Read,
    Refused,
    numbered,
    read_ndjson,
)
from app.hospital.planning.service.lines.records import SessionRecord
from app.hospital.planning.service.lines.tables import ALLOWED, REQUIRED, TableKind, read_csv
from app.hospital.planning.service.sessions.planned import digest_of, divided
from app.hospital.policy import BookingPolicy
from tests.app.hospital.city import CITY
from tests.app.hospital.planning.steps import local, session

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,20}", fullmatch=True)
SIZES = st.dictionaries(st.sampled_from(CHANNELS), st.integers(0, 80), min_size=1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def read(data: bytes) -> list[Read | Refused]:
    return list(read_ndjson(numbered(BytesIO(data))))


def read_table(data: bytes, kind: TableKind = "session") -> list[Read | Refused]:
    return list(read_csv(numbered(BytesIO(data)), kind=kind))


@st.composite
def sessions(draw: st.DrawFn) -> dict[str, Any]:
    """What a hospital may well say of a session."""
    starts = draw(st.integers(0, 22 * 60))
    ends = draw(st.integers(starts + 10, 24 * 60 - 1))
    pools = []
    for channel, size in draw(SIZES).items():
        given_back = channel != "app" and draw(st.booleans())
        more = {"gives_back_at": "2026-11-30T19:00:00+08:00"} if given_back else {}
        pools.append({"channel": channel, "size": size, **more})
    return session(
        id=draw(IDS),
        day=draw(st.dates(date(2026, 1, 1), date(2030, 1, 1))).isoformat(),
        starts=f"{starts // 60:02}:{starts % 60:02}",
        ends=f"{ends // 60:02}:{ends % 60:02}",
        fee=draw(st.integers(0, 1_000_000)),
        published=draw(st.booleans()),
        pools=sorted(pools, key=lambda pool: CHANNELS.index(pool["channel"])),
    )


def as_table(record: dict[str, Any]) -> bytes:
    """The same session as a line of a table."""
    cells = {name: value for name, value in record.items() if name not in {"kind", "pools"}}
    for pool in record["pools"]:
        cells[pool["channel"]] = pool["size"]
        if "gives_back_at" in pool:
            cells[f"gives_back_at_{pool['channel']}"] = pool["gives_back_at"]
    columns = [*REQUIRED["session"], *ALLOWED["session"]]
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerow([cells.get(column, "") for column in columns])
    return text.getvalue().encode()


@given(sessions())
def test_a_session_reads_the_same_from_both_forms(said: dict[str, Any]) -> None:
    (from_json,) = read(json.dumps(said).encode())
    (from_csv,) = read_table(as_table(said))
    assert isinstance(from_json, Read)
    assert isinstance(from_csv, Read), from_csv
    assert isinstance(from_json.record, SessionRecord)
    assert isinstance(from_csv.record, SessionRecord)
    assert digest_of(from_json.record) == digest_of(from_csv.record)


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_each_line_that_is_not_empty_is_told_once(lines: list[bytes]) -> None:
    data = b"\n".join(lines)
    meant = [
        n for n, line in enumerate(data.split(b"\n"), start=1) if _without_mark(line, n).strip()
    ]
    assert [one.line for one in read(data)] == meant


def _without_mark(line: bytes, number: int) -> bytes:
    return line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


@given(JSON)
def test_no_json_is_too_strange(value: Any) -> None:
    (one,) = read(json.dumps(value).encode())
    assert isinstance(one, Refused)


@given(sessions(), st.data())
def test_a_session_with_one_strange_member_is_a_record_or_a_refusal(
    said: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(said)))
    (one,) = read(json.dumps({**said, name: data.draw(JSON)}).encode())
    assert isinstance(one, Read) or (one.pointer or "/").startswith("/")


@given(st.binary(max_size=400), st.sampled_from(sorted(REQUIRED)))
def test_no_table_is_too_strange(data: bytes, kind: TableKind) -> None:
    head = ",".join(REQUIRED[kind]).encode() + b"\n"
    for one in read_table(head + data, kind):
        assert isinstance(one, Refused) or one.line > 1


@given(st.binary(max_size=200), st.sampled_from(sorted(REQUIRED)))
def test_a_head_is_understood_or_refused(data: bytes, kind: TableKind) -> None:
    with suppress(DomainError):
        read_table(data, kind)


@pytest.mark.parametrize("length", [LONGEST_LINE + 1, 3 * LONGEST_LINE + 5])
def test_a_line_too_long_is_passed_over(length: int) -> None:
    data = b"x" * length + b"\n" + json.dumps(session()).encode()
    refused, record = read(data)
    assert (refused.line, record.line) == (1, 2)
    assert isinstance(refused, Refused)
    assert (refused.kind.code, isinstance(record, Read)) == ("IMPORT_LINE_TOO_LONG", True)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"id": "号"}, "/id"),
        ({"fee": "5000"}, "/fee"),
        ({"fee": 50.0}, "/fee"),
        ({"day": "2026-02-30"}, "/day"),
        ({"half_day": "night"}, "/half_day"),
        ({"ends": "08:00"}, "/ends"),
        ({"opens_at": "2026-11-24T12:00:00"}, "/opens_at"),
        ({"pools": []}, "/pools"),
        ({"pools": [{"channel": "app", "size": 1}] * 2}, "/pools"),
        ({"pools": [{"channel": "app", "size": 501}]}, "/pools/0/size"),
        ({"ends": "08:01", "pools": [{"channel": "app", "size": 61}]}, "/pools"),
        ({"pools": [{"channel": "vip", "size": 1}]}, "/pools/0/channel"),
        ({"doctor~/": 1}, "/doctor~0~1"),
    ],
)
def test_a_refusal_points_to_its_field(changes: dict[str, Any], pointer: str) -> None:
    (one,) = read(json.dumps(session(**changes)).encode())
    assert isinstance(one, Refused)
    assert one.pointer == pointer


def test_a_name_never_leaves_its_line() -> None:
    said = {"kind": "practitioner", "id": "P1", "name": "华\n佗", "title": "主任医师"}
    for name in ("华\n佗", "华\x00佗", " ", ""):
        assert isinstance(read(json.dumps({**said, "name": name}).encode())[0], Refused)


@given(SIZES, st.integers(0, 22 * 60), st.integers(1, 119))
def test_windows_divide_a_session_without_a_gap(
    sizes: dict[str, int], starts: int, minutes: int
) -> None:
    assume(sum(sizes.values()) <= 60 * minutes)
    begin = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=starts)
    end = begin + timedelta(minutes=minutes)
    windows = divided(begin, end, sizes)
    assert len(windows) == sum(sizes.values())
    if windows:
        edges = [begin, *(one.ends_at for one in windows)]
        assert [one.starts_at for one in windows] == edges[:-1]
        assert edges[-1] == end
        assert all(one.starts_at < one.ends_at for one in windows)


@given(st.dates(date(2026, 1, 1), date(2040, 1, 1)))
def test_a_day_opens_when_it_comes_into_the_window(day: date) -> None:
    assert opening(day, CITY) == local(day - timedelta(days=13), "07:00")
    assert opening(day, BookingPolicy()) is None
    today = BookingPolicy(window_days=1, releases_at=time(0, 0))
    assert opening(day, today) == local(day, "00:00")


@pytest.mark.parametrize(
    ("name", "initials"),
    [("重庆市第一人民医院", "cqsdyrmyy"), ("ICU 3 病区", "icu3bq"), ("Ⅱ科（东）", "kd"), ("·", "")],
)
def test_initials_are_what_people_type(name: str, initials: str) -> None:
    assert initials_of(name) == initials
