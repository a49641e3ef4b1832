"""Drops snapshots: a file of lines, then the signed manifest that vouches for it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.departments.office.books import Books
from sandbox.departments.office.changes import moment
from sandbox.departments.veterans.contract import VETERAN
from sandbox.departments.veterans.files import PARTIAL, write_whole
from sandbox.departments.veterans.roll import snapshot
from sandbox.departments.veterans.signing import sign, thumbprint

KEPT = 5
"""How many drops stay in the folder."""
_STALE = timedelta(days=3)


class DropFailure(StrEnum):
    """What is wrong with one drop."""

    NONE = "none"
    STALE = "stale"
    """Made three days ago, as it says itself."""
    TRUNCATED = "truncated"
    """Half of the lines' bytes are there."""
    BAD_SIGNATURE = "bad-signature"
    """Signed by somebody else in the department's name."""
    REPEATED_SEQUENCE = "repeated-sequence"
    """Numbered like the drop before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the department vouches for."""

    contract: str
    schema_version: str
    sequence: int
    """Grows by one from drop to drop."""
    file: str
    """In the same folder."""
    sha256: str
    """Of the file, in hexadecimal digits."""
    rows: int
    made_at: str


class Dropper:
    """Drops into one folder. Several processes may: one at a time does."""

    def __init__(self, *, roll: Books, data: Path, folder: Path, key: Ed25519PrivateKey) -> None:
        """Take what is told, where to, and who says so.

        Args:
            roll: the veterans.
            data: the department's own folder, for the sequence.
            folder: where readers look; made if it is not there.
            key: signs manifests.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._roll = roll
        self._data = data
        self._folder = folder
        self._key = key

    def drop(self, *, at: datetime, failure: DropFailure = DropFailure.NONE) -> Path:
        """Drop the whole roll: first the lines, then the manifest, each whole or not at all.

        Args:
            at: the time it says it was made.
            failure: what is wrong with it.

        Returns:
            The manifest's file; the lines are there as soon as it is.

        Raises:
            OSError: it could not be written.
        """
        with self._alone():
            return self._drop(at, failure)

    def _drop(self, at: datetime, failure: DropFailure) -> Path:
        made_at = at - _STALE if failure is DropFailure.STALE else at
        sequence = self._sequence(repeated=failure is DropFailure.REPEATED_SEQUENCE)
        stem = f"veterans-{sequence:06d}-{made_at:%Y%m%dT%H%M%S%f}"
        now = snapshot(self._roll)
        manifest = Manifest(
            contract=VETERAN.title,
            schema_version=VETERAN.version,
            sequence=sequence,
            file=f"{stem}.ndjson",
            sha256=hashlib.sha256(now.lines).hexdigest(),
            rows=now.rows,
            made_at=moment(made_at),
        )
        half = len(now.lines) // 2 if failure is DropFailure.TRUNCATED else None
        write_whole(self._folder / manifest.file, now.lines[:half])
        signed = self._folder / f"{stem}.jws"
        write_whole(signed, self._signed(manifest, failure).encode())
        self._clear(sequence)
        return signed

    def _signed(self, manifest: Manifest, failure: DropFailure) -> str:
        if failure is not DropFailure.BAD_SIGNATURE:
            return sign(asdict(manifest), self._key)
        somebody = Ed25519PrivateKey.generate()
        return sign(asdict(manifest), somebody, kid=thumbprint(self._key))

    def _sequence(self, *, repeated: bool) -> int:
        """Return the number of this drop: kept by us, for readers may empty the folder."""
        kept = self._data / "sequence"
        last = int(kept.read_text(encoding="ascii")) if kept.exists() else 0
        if repeated and last:
            return last
        write_whole(kept, str(last + 1).encode())
        return last + 1

    def _clear(self, sequence: int) -> None:
        """Remove old drops, manifests first, and what a crash left half written."""
        for path in self._folder.glob(f".veterans-*{PARTIAL}"):
            path.unlink()
        for ending in ("jws", "ndjson"):
            for path in self._folder.glob(f"veterans-{'[0-9]' * 6}-*.{ending}"):
                if int(path.name.split("-")[1]) <= sequence - KEPT:
                    path.unlink(missing_ok=True)  # readers may take files away

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._data / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
