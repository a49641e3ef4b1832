"""The provider's book: one SQLite file that outlives the process."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

_LAYOUT = 1
"""Raised when the tables change; a file of another layout is begun anew."""
_TABLES = (
    """CREATE TABLE payment (
        order_id TEXT PRIMARY KEY,
        provider_ref TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('PENDING', 'PAID', 'FAILED', 'CLOSED', 'REFUNDED')),
        amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
        refunded_fen INTEGER NOT NULL DEFAULT 0 CHECK (refunded_fen BETWEEN 0 AND amount_fen),
        at TEXT NOT NULL,
        CHECK ((state = 'REFUNDED') = (refunded_fen = amount_fen))
    ) STRICT""",
    """CREATE TABLE refund (
        refund_id TEXT PRIMARY KEY,
        order_id TEXT NOT NULL REFERENCES payment,
        provider_ref TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('REFUNDED', 'FAILED')),
        amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
        at TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE notice (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        content TEXT NOT NULL CHECK (json_valid(content)),
        due_at REAL NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        over INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
)


class Book:
    """Opens the file. Safe in many threads: each call opens it anew."""

    def __init__(self, directory: Path) -> None:
        """Use, or make, ``payments.sqlite3`` in `directory`."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = directory / "payments.sqlite3"
        with contextlib.closing(self._connect()) as connection:
            # What was written outlives the process, not the machine: a sandbox need not.
            connection.execute("PRAGMA journal_mode = WAL")
        with self.writing() as connection:
            _lay_out(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One view of the book."""
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
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection


def _lay_out(connection: sqlite3.Connection) -> None:
    if tuple(connection.execute("PRAGMA user_version").fetchone()) == (_LAYOUT,):
        return
    old = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for (name,) in connection.execute(old).fetchall():
        connection.execute(f'DROP TABLE "{name}"')
    for table in _TABLES:
        connection.execute(table)
    connection.execute(f"PRAGMA user_version = {_LAYOUT}")
