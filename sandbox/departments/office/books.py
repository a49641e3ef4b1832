"""The books of a department: one SQLite file."""

from __future__ import annotations

import contextlib
import hmac
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.departments.office.contract import Contract
from sandbox.departments.office.record import Row
from sandbox.departments.office.versions import canonical, version_of, version_of_all

_LAYOUT = 1
"""Raised when the tables change; a file of another layout is begun anew."""
_TABLES = (
    "CREATE TABLE source (digest TEXT NOT NULL) STRICT",
    """CREATE TABLE record (
        key TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        record TEXT NOT NULL CHECK (json_valid(record)),
        version TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE party (
        key TEXT NOT NULL REFERENCES record ON DELETE CASCADE,
        subject TEXT NOT NULL CHECK (length(subject) = 18),
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        PRIMARY KEY (key, subject, role)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX party_subject ON party (subject)",
    """CREATE TABLE change (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        contract TEXT NOT NULL,
        subject TEXT NOT NULL,
        record_version TEXT NOT NULL,
        changed_at TEXT NOT NULL
    ) STRICT""",
)
_OF_SUBJECT = """
SELECT record.key, party.role, party.name, record.record, record.version
FROM party JOIN record USING (key)
WHERE party.subject = ? AND record.kind = ?
ORDER BY record.key
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the books hold of somebody under one contract."""

    records: tuple[dict[str, Any], ...]
    """With all their members."""
    version: str
    """Changes when one of them does, one is added or one is taken away."""


class Books:
    """Records by whom they concern. Safe in many threads: each call opens the file anew."""

    def __init__(self, directory: Path, *, name: str) -> None:
        """Use, or make, ``<name>.sqlite3`` in `directory`."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = directory / f"{name}.sqlite3"
        with self.writing() as connection:
            _lay_out(connection)

    def fill(self, rows: Sequence[Row], *, digest: str) -> bool:
        """Replace all records, unless they came from what has this very digest.

        Corrections are thereby lost when the source changes, and only then.

        Returns:
            Whether anything was written.
        """
        with self.writing() as connection:
            if connection.execute("SELECT digest FROM source").fetchall() == [(digest,)]:
                return False
            connection.execute("DELETE FROM source")
            connection.execute("DELETE FROM record")
            connection.execute("INSERT INTO source VALUES (?)", (digest,))
            serials: Counter[str] = Counter()
            for row in rows:
                serials[row.kind] += 1
                enter(connection, f"{row.kind}-{serials[row.kind]:06d}", row)
        return True

    def find(self, contract: Contract, *, subject: str, name: str) -> Found:
        """Return the records that concern somebody if the name is theirs too."""
        with self.reading() as connection:
            rows = connection.execute(_OF_SUBJECT, (subject, contract.record.kind)).fetchall()
        theirs = {
            key: (record, version)
            for key, role, known, record, version in rows
            if role in contract.roles and hmac.compare_digest(known.encode(), name.encode())
        }
        return Found(
            records=tuple(json.loads(record) for record, _ in theirs.values()),
            version=version_of_all([version for _, version in theirs.values()]),
        )

    def every(self, kind: str) -> list[tuple[dict[str, Any], str]]:
        """Return all records of a kind with their versions, by key."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT record, version FROM record WHERE kind = ? ORDER BY key", (kind,)
            ).fetchall()
        return [(json.loads(record), version) for record, version in rows]

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One view of the books."""
        with contextlib.closing(self._connect()) as connection, connection:
            connection.execute("BEGIN")
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, one writer after the other: what was read first is still so."""
        with contextlib.closing(self._connect()) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=5, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def enter(connection: sqlite3.Connection, key: str, row: Row) -> None:
    """Write a record and whom it concerns."""
    record = canonical(row.record)
    connection.execute(
        "INSERT INTO record VALUES (?, ?, ?, ?)", (key, row.kind, record, version_of(row))
    )
    connection.executemany(
        "INSERT INTO party VALUES (?, ?, ?, ?)",
        [(key, party.subject, party.name, party.role) for party in row.parties],
    )


def version_for(connection: sqlite3.Connection, contract: Contract, subject: str) -> str:
    """Return the version of what somebody would be told under a contract."""
    rows = connection.execute(_OF_SUBJECT, (subject, contract.record.kind)).fetchall()
    theirs = {key: version for key, role, _, _, version in rows if role in contract.roles}
    return version_of_all(list(theirs.values()))


def _lay_out(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone() == (_LAYOUT,):
        return
    old = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for (name,) in connection.execute(old).fetchall():
        connection.execute(f'DROP TABLE "{name}"')
    for table in _TABLES:
        connection.execute(table)
    connection.execute(f"PRAGMA user_version = {_LAYOUT}")
