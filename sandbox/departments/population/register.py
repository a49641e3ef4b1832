"""The register itself: one SQLite file."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.departments.population.seed import Seed

_SCHEMA = """
CREATE TABLE IF NOT EXISTS seed (digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS person (
    citizen_number TEXT PRIMARY KEY CHECK (length(citizen_number) = 18),
    name TEXT NOT NULL,
    record TEXT NOT NULL CHECK (json_valid(record)),
    photo BLOB,
    version TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person as the register holds them."""

    record: dict[str, Any]
    """All members of the contract; `photo` is base64 JPEG or None."""
    version: str
    """Changes when any member does."""


class Register:
    """Persons by citizen number. Safe to use from many threads: each call opens the file anew."""

    def __init__(self, directory: Path) -> None:
        """Use, or make, the register in `directory`."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = directory / "population.sqlite3"
        with self._open() as connection:
            connection.executescript(_SCHEMA)

    def fill(self, seed: Seed) -> bool:
        """Replace all persons by the seed's, unless they came from this very seed.

        Returns:
            Whether anything was written.
        """
        with self._open() as connection:
            if connection.execute("SELECT digest FROM seed").fetchall() == [(seed.digest,)]:
                return False
            connection.execute("DELETE FROM seed")
            connection.execute("DELETE FROM person")
            connection.execute("INSERT INTO seed VALUES (?)", (seed.digest,))
            connection.executemany(
                "INSERT INTO person VALUES (?, ?, ?, ?, ?)",
                [_row(person) for person in seed.persons],
            )
        return True

    def find(self, *, citizen_number: str, name: str) -> Entry | None:
        """Return the person of that number if the name is theirs; a wrong name finds nobody."""
        with self._open() as connection:
            row = connection.execute(
                "SELECT name, record, photo, version FROM person WHERE citizen_number = ?",
                (citizen_number,),
            ).fetchone()
        known, record, photo, version = row or ("", "{}", None, "")
        if not hmac.compare_digest(known.encode(), name.encode()):
            return None
        encoded = None if photo is None else base64.b64encode(photo).decode("ascii")
        return Entry(record=json.loads(record) | {"photo": encoded}, version=version)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._path, timeout=5)) as connection, connection:
            yield connection


def _row(person: dict[str, Any]) -> tuple[str, str, str, bytes | None, str]:
    photo = person["photo"]
    members = {key: value for key, value in person.items() if key != "photo"}
    record = json.dumps(members, ensure_ascii=False, sort_keys=True)
    version = hashlib.sha256(record.encode() + b"\0" + (photo or b"")).hexdigest()[:16]
    return person["citizen_number"], person["name"], record, photo, version
