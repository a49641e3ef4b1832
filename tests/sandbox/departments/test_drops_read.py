"""The veterans' drops as we read them: the newest one that holds, and never an older one again."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.connectors.drops import folder as folders
from app.exchange.connectors.drops import snapshot as snapshots
from app.exchange.connectors.drops.manifest import DepartmentKey, read_manifest
from app.exchange.errors import ExchangeFailed, Failure
from sandbox.departments.office.corrections import Corrections
from sandbox.departments.veterans.contract import VETERAN
from sandbox.departments.veterans.drops import DropFailure, Manifest
from sandbox.departments.veterans.signing import load_or_make, sign
from tests.sandbox.departments.asking import (
    LIBRARY,
    Drops,
    MemoryMarks,
    failure,
    question,
    told,
)
from tests.sandbox.departments.people import OUYANG, ZHANG

ROLL = LIBRARY.contract("veteran")


@pytest.fixture
def drops(tmp_path: Path) -> Drops:
    return Drops.begun(tmp_path)


def correct(drops: Drops, rank: str) -> None:
    desk = Corrections(drops.roll, (VETERAN,))
    (held, *_) = desk.held(ZHANG[0])
    desk.put(held["key"], held["record"] | {"rank": rank})


def rank(drops_reader: object, who: tuple[str, str] = ZHANG) -> object:
    found = told(ROLL, drops_reader, question(ROLL, who, ["rank"]))  # type: ignore[arg-type]
    assert found is not None
    return found.records[0]["rank"] if found.records else None


def test_a_drop_answers_and_the_next_one_takes_its_place(drops: Drops) -> None:
    drops.drop()
    reader = drops.reader()
    assert rank(reader) == "中士"
    correct(drops, "上士")
    assert rank(reader) == "中士"
    drops.drop()
    assert rank(reader) == "上士"


def test_who_never_served_is_an_answer_with_a_version(drops: Drops) -> None:
    drops.drop()
    for who in (OUYANG, (ZHANG[0], OUYANG[1])):
        found = told(ROLL, drops.reader(), question(ROLL, who))
        assert found is not None
        assert (found.records, len(found.record_version)) == ((), 16)


@pytest.mark.parametrize(
    ("fault", "alone"),
    [
        (DropFailure.STALE, Failure.STALE),
        (DropFailure.TRUNCATED, Failure.NOT_VOUCHED),
        (DropFailure.BAD_SIGNATURE, Failure.NOT_VOUCHED),
        (DropFailure.REPEATED_SEQUENCE, None),
    ],
)
def test_a_drop_that_does_not_hold_is_called_by_its_name_and_mended_by_the_next(
    drops: Drops, fault: DropFailure, alone: Failure | None
) -> None:
    drops.drop(fault)
    reader = drops.reader()
    assert failure(ROLL, reader, ZHANG) is alone
    drops.drop()
    assert failure(ROLL, reader, ZHANG) is None


@pytest.mark.parametrize(
    "fault", [DropFailure.TRUNCATED, DropFailure.BAD_SIGNATURE, DropFailure.REPEATED_SEQUENCE]
)
def test_the_drop_before_goes_on_while_a_newer_one_does_not_hold(
    drops: Drops, fault: DropFailure
) -> None:
    drops.drop()
    reader = drops.reader()
    assert rank(reader) == "中士"
    correct(drops, "上士")
    drops.drop(fault)
    assert rank(reader) == "中士"


def test_an_older_drop_does_not_come_back_after_a_restart(drops: Drops) -> None:
    marks = MemoryMarks()
    drops.drop()
    kept = {path: path.read_bytes() for path in drops.folder.iterdir()}
    correct(drops, "上士")
    drops.drop()
    assert rank(drops.reader(marks)) == "上士"

    for path in drops.folder.iterdir():
        path.unlink()
    for path, content in kept.items():
        path.write_bytes(content)

    assert failure(ROLL, drops.reader(marks), ZHANG) is Failure.STALE
    assert rank(drops.reader()) == "中士"  # for a reader that never saw the newer one it is good


def test_of_two_drops_with_one_number_the_first_counts(drops: Drops) -> None:
    marks = MemoryMarks()
    now = datetime.now(tz=UTC)  # noqa: TID251 - the department's own clock
    drops.drop(at=now - timedelta(minutes=1))
    assert rank(drops.reader(marks)) == "中士"
    correct(drops, "上士")
    drops.drop(DropFailure.REPEATED_SEQUENCE, at=now)
    assert rank(drops.reader(marks)) == "中士"


def test_a_drop_still_on_its_way_is_looked_at_again(drops: Drops) -> None:
    now = [0.0]
    reader = drops.reader(timer=lambda: now[0])
    drops.drop()
    assert rank(reader) == "中士"
    correct(drops, "上士")
    late = drops.drop().with_suffix(".ndjson")
    content = late.read_bytes()
    late.write_bytes(content[:10])
    assert rank(reader) == "中士"
    late.write_bytes(content)
    assert rank(reader) == "中士"
    now[0] = 31.0
    assert rank(reader) == "上士"


def test_an_empty_or_missing_folder_is_unreachable(drops: Drops) -> None:
    assert failure(ROLL, drops.reader(), ZHANG) is Failure.UNREACHABLE
    drops.folder.rmdir()
    assert failure(ROLL, drops.reader(), ZHANG) is Failure.UNREACHABLE


def signed(drops: Drops, **changes: object) -> None:
    """Replace the only drop's manifest by another one that the department signed."""
    (path,) = drops.folder.glob("*.jws")
    told_now = drops.drop().with_suffix(".ndjson")
    path.unlink()
    content = told_now.read_bytes()
    manifest = Manifest(
        contract="veteran/1.0.0",
        schema_version="1.0.0",
        sequence=int(told_now.name.split("-")[1]),
        file=told_now.name,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=len(content.splitlines()),
        made_at=f"{datetime.now(tz=UTC):%Y-%m-%dT%H:%M:%SZ}",  # noqa: TID251 - the department's
    )
    text = sign(asdict(manifest) | changes, load_or_make(drops.data / "signing.pem"))
    told_now.with_suffix(".jws").write_text(text)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"file": "../data/veterans.sqlite3"}, Failure.NOT_VOUCHED),
        ({"file": "/etc/passwd"}, Failure.NOT_VOUCHED),
        ({"sequence": 7}, Failure.NOT_VOUCHED),
        ({"sha256": "f" * 64}, Failure.NOT_VOUCHED),
        ({"rows": -1}, Failure.CONTRACT_BROKEN),
        ({"rows": "1"}, Failure.CONTRACT_BROKEN),
        ({"made_at": "2026-11-20T12:00:00"}, Failure.CONTRACT_BROKEN),
        ({"surprise": 1}, Failure.CONTRACT_BROKEN),
    ],
)
def test_a_signed_manifest_is_not_believed_beyond_its_own_drop(
    drops: Drops, changes: dict[str, object], reason: Failure | None
) -> None:
    drops.drop()
    signed(drops, **changes)
    assert failure(ROLL, drops.reader(), ZHANG) is reason


def elsewhere(path: Path) -> None:
    moved = path.rename(path.parent.parent / "elsewhere")
    path.symlink_to(moved)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("suffix", [".jws", ".ndjson"])
@pytest.mark.parametrize("spoil", [elsewhere, pipe, Path.unlink], ids=["link", "pipe", "gone"])
def test_nothing_but_a_plain_file_of_the_folder_is_read(
    drops: Drops, suffix: str, spoil: Callable[[Path], object]
) -> None:
    spoil(drops.drop().with_suffix(suffix))
    expected = Failure.UNREACHABLE if (suffix, spoil) == (".jws", Path.unlink) else None
    assert failure(ROLL, drops.reader(), ZHANG) is (expected or Failure.NOT_VOUCHED)


def test_sizes_and_numbers_are_bounded(drops: Drops, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drops.drop()
    monkeypatch.setattr(snapshots, "MOST_FILE_BYTES", 100)
    assert failure(ROLL, drops.reader(), ZHANG) is Failure.TOO_LARGE
    monkeypatch.setattr(folders, "MOST_ENTRIES", 1)
    assert failure(ROLL, drops.reader(), ZHANG) is Failure.TOO_LARGE
    monkeypatch.undo()
    path.write_text("x" * 9000)
    assert failure(ROLL, drops.reader(), ZHANG) is Failure.TOO_LARGE


def test_lines_that_are_no_records_are_refused_whole(drops: Drops) -> None:
    for lines in (b"[]\n", b'{"name":"x"}\n', b'{"a":1,"a":2}\n', b"\xff\n", b"{}\n{}\n"):
        with pytest.raises(ExchangeFailed, match="contract_broken"):
            snapshots._by_number(lines, rows=1)
    drops.drop()
    assert json.loads((next(drops.folder.glob("*.ndjson"))).read_bytes().splitlines()[0])


def test_only_an_ed25519_key_is_taken() -> None:
    other = generate_private_key(SECP256R1()).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for wrong in (pem, b"no key", b""):
        with pytest.raises(ValueError, match=r"."):
            DepartmentKey.read(wrong)


@given(st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){2}"))
def test_no_text_that_was_not_signed_is_a_manifest(text: str) -> None:
    pem = (
        b"-----BEGIN PUBLIC KEY-----\n"
        b"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        b"-----END PUBLIC KEY-----\n"
    )
    with pytest.raises(ExchangeFailed):
        read_manifest(text, DepartmentKey.read(pem))
