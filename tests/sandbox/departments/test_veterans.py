"""Snapshots of the veterans' roll are whole, signed and numbered, and broken only on purpose."""

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from sandbox.departments.city.city import city
from sandbox.departments.office.corrections import Corrections
from sandbox.departments.office.refusals import CannotStart
from sandbox.departments.veterans.contract import VETERAN, VeteranRecord
from sandbox.departments.veterans.drops import KEPT, DropFailure, Dropper
from sandbox.departments.veterans.files import write_whole
from sandbox.departments.veterans.roll import open_roll
from sandbox.departments.veterans.signing import load_or_make, public_file
from tests.sandbox.departments.people import ZHANG

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Office:
    """A department and the folder its readers look into."""

    data: Path
    folder: Path
    dropper: Dropper

    def drop(
        self, failure: DropFailure = DropFailure.NONE, *, at: datetime = NOON
    ) -> tuple[dict[str, Any], bytes]:
        """The manifest, its signature checked by another program's code, and the lines."""
        signed = self.dropper.drop(at=at, failure=failure)
        manifest = self.read(signed)
        return manifest, (self.folder / manifest["file"]).read_bytes()

    def read(self, signed: Path) -> dict[str, Any]:
        key = load_pem_public_key(public_file(self.data / "signing.pem").read_bytes())
        payload: dict[str, Any] = jwt.decode(signed.read_text("ascii"), key, algorithms=["EdDSA"])  # type: ignore[arg-type] # the library's own check follows
        return payload


@pytest.fixture
def office(tmp_path: Path) -> Office:
    data, folder = tmp_path / "data", tmp_path / "drops"
    roll = open_roll(data)
    key = load_or_make(data / "signing.pem")
    dropper = Dropper(roll=roll, data=data, folder=folder, key=key)
    return Office(data=data, folder=folder, dropper=dropper)


def test_a_manifest_vouches_for_the_lines_beside_it(office: Office) -> None:
    manifest, lines = office.drop()

    assert manifest == {
        "contract": "veteran/1.0.0",
        "schema_version": "1.0.0",
        "sequence": 1,
        "file": "veterans-000001-20261120T120000000000.ndjson",
        "sha256": hashlib.sha256(lines).hexdigest(),
        "rows": len(city().veterans),
        "made_at": "2026-11-20T12:00:00Z",
    }


def test_each_line_is_a_record_of_somebody_who_served(office: Office) -> None:
    manifest, lines = office.drop()
    told = [json.loads(line) for line in lines.decode().splitlines()]

    assert len(told) == manifest["rows"]
    assert lines.endswith(b"\n")
    names = city().names()
    for one in told:
        assert len(one.pop("record_version")) == 16
        record = VeteranRecord.model_validate_json(json.dumps(one))
        assert names[record.citizen_number] == record.name
    assert told[0]["citizen_number"] == ZHANG[0]
    assert {one["citizen_number"] for one in told} == {one.person for one in city().veterans}


def test_numbers_grow_by_one_even_if_readers_take_everything_away(office: Office) -> None:
    first, _ = office.drop()
    for path in office.folder.iterdir():
        path.unlink()
    again = Dropper(
        roll=open_roll(office.data),
        data=office.data,
        folder=office.folder,
        key=load_or_make(office.data / "signing.pem"),
    )

    second = office.read(again.drop(at=NOON + timedelta(days=1)))

    assert (first["sequence"], second["sequence"]) == (1, 2)


def test_drops_of_several_processes_at_once_have_numbers_of_their_own(office: Office) -> None:
    times = [NOON + timedelta(seconds=second) for second in range(4)]
    with ThreadPoolExecutor(max_workers=4) as pool:
        dropped = list(pool.map(lambda at: office.dropper.drop(at=at), times))

    assert sorted(office.read(path)["sequence"] for path in dropped) == [1, 2, 3, 4]


def test_only_the_last_drops_are_kept_and_nothing_half_written(office: Office) -> None:
    (office.folder / ".veterans-000001-x.ndjson.part").write_bytes(b"left by a crash")
    (office.folder / "veterans-of-others.jws").write_bytes(b"not ours")
    for day in range(KEPT + 2):
        office.drop(at=NOON + timedelta(days=day))

    manifests = sorted(office.folder.glob("veterans-0*.jws"))
    assert [office.read(path)["sequence"] for path in manifests] == list(range(3, KEPT + 3))
    assert len(list(office.folder.glob("*.ndjson"))) == KEPT
    assert not list(office.folder.glob(".*"))
    assert (office.folder / "veterans-of-others.jws").exists()


def test_the_lines_are_there_before_anybody_vouches_for_them(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def watched(path: Path, content: bytes) -> None:
        write_whole(path, content)
        seen.append(sorted(one.suffix for one in office.folder.iterdir()))

    monkeypatch.setattr("sandbox.departments.veterans.drops.write_whole", watched)
    office.drop()

    assert seen == [[], [".ndjson"], [".jws", ".ndjson"]]  # the sequence lies elsewhere


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    kept = tmp_path / "file"
    write_whole(kept, b"old")
    (tmp_path / ".file.part").mkdir()

    with pytest.raises(OSError, match="directory"):
        write_whole(kept, b"new")

    assert kept.read_bytes() == b"old"


def test_a_corrected_record_has_another_version_in_the_next_snapshot(office: Office) -> None:
    roll = open_roll(office.data)
    _, before = office.drop()
    (held, *_) = Corrections(roll, (VETERAN,)).held(ZHANG[0])
    Corrections(roll, (VETERAN,)).put(held["key"], held["record"] | {"rank": "上士"})

    _, after = office.drop()

    old, new = before.decode().splitlines(), after.decode().splitlines()
    assert json.loads(new[0])["rank"] == "上士"
    assert json.loads(new[0])["record_version"] != json.loads(old[0])["record_version"]
    assert new[1:] == old[1:]


def test_a_stale_snapshot_says_how_old_it_is(office: Office) -> None:
    manifest, lines = office.drop(DropFailure.STALE)

    assert manifest["made_at"] == "2026-11-17T12:00:00Z"
    assert manifest["sha256"] == hashlib.sha256(lines).hexdigest()


def test_a_truncated_snapshot_is_shorter_than_its_manifest_says(office: Office) -> None:
    _, whole = office.drop()
    manifest, lines = office.drop(DropFailure.TRUNCATED)

    assert manifest["sha256"] == hashlib.sha256(whole).hexdigest()
    assert lines == whole[: len(whole) // 2]


def test_a_bad_signature_bears_the_departments_name_but_not_its_hand(office: Office) -> None:
    good = office.dropper.drop(at=NOON)
    bad = office.dropper.drop(at=NOON, failure=DropFailure.BAD_SIGNATURE)

    kids = [jwt.get_unverified_header(path.read_text("ascii"))["kid"] for path in (good, bad)]
    assert kids[0] == kids[1]
    office.read(good)
    with pytest.raises(jwt.InvalidSignatureError):
        office.read(bad)


def test_a_repeated_sequence_is_told_twice_with_two_contents(office: Office) -> None:
    first, _ = office.drop()
    second, _ = office.drop(DropFailure.REPEATED_SEQUENCE, at=NOON + timedelta(days=1))
    third, _ = office.drop()

    assert [one["sequence"] for one in (first, second, third)] == [1, 1, 2]
    assert first["made_at"] != second["made_at"]
    assert (office.folder / first["file"]).exists()
    assert (office.folder / second["file"]).exists()


def test_the_private_key_is_its_owners_alone_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    first, second = load_or_make(path), load_or_make(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert first.private_bytes_raw() == second.private_bytes_raw()
    assert b"PRIVATE" not in public_file(path).read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"no key",
        generate_private_key(SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ),
    ],
    ids=["text", "another kind"],
)
def test_a_file_that_is_no_key_of_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "signing.pem"
    path.write_bytes(content)

    with pytest.raises(CannotStart, match=r"signing\.pem"):
        load_or_make(path)


Process = subprocess.Popen[str]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def run(*words: str) -> Process:
        places = [f"--data={tmp_path / 'data'}", f"--drops={tmp_path / 'drops'}"]
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "sandbox.departments.veterans", *places, *words],
            cwd=ROOT,
            env={},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def test_the_program_drops_once_or_again_and_again_until_it_is_asked_to_stop(
    tmp_path: Path, start: Callable[..., Process]
) -> None:
    steady = start("--every=0.05")
    assert steady.stdout is not None
    for sequence in (1, 2):
        assert f"dropped veterans-{sequence:06d}-" in steady.stdout.readline()

    told, _ = start("--fail=bad-signature").communicate(timeout=60)
    assert "dropped veterans-" in told

    steady.send_signal(signal.SIGTERM)
    assert steady.wait(60) == 0
    assert list((tmp_path / "drops").glob("*.jws"))


def test_the_program_says_what_is_wrong(tmp_path: Path, start: Callable[..., Process]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "signing.pem").write_bytes(b"no key")
    process = start()
    _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "veterans department cannot go on" in told
    assert "Traceback" not in told
