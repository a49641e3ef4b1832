"""What a hospital's system must not forget, in one SQLite file that only its owner reads.

How far the feed was read, each event, how each appointment stands, and each write whose answer has
not come. A page of the feed is taken in one transaction: whatever stops the program, an event is
there once, together with what it changed, or it is read again.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

_PATIENCE_S = 60.0
_OTHERS = 0o077
_TABLES = """
CREATE TABLE IF NOT EXISTS own (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
  sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, at TEXT NOT NULL,
  data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS appointments (
  id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, state TEXT NOT NULL, session TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS writes (
  key TEXT PRIMARY KEY, path TEXT NOT NULL, body TEXT NOT NULL, answer TEXT);
"""
_REACHED = "reached"
_APPOINTMENT = "appointment."
_FEED = "the feed"
_NO_STATE = "appointment.changed"


class BookError(Exception):
    """The book cannot be used; the message says why."""


class GapError(Exception):
    """Something is missing between what is known and what was told; nothing of it was taken."""

    def __init__(self, what: str, *, expected: int, told: int) -> None:
        """Keep which numbers do not fit."""
        super().__init__(f"{what}: expected {expected}, told {told}")
        self.expected = expected
        self.told = told


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An appointment as the events tell it."""

    id: str
    sequence: int
    """Number of its last event."""
    state: str
    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A request that must take effect once, under the key it keeps for ever."""

    key: str
    path: str
    body: Mapping[str, Any] = field(repr=False)


class Book:
    """The file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use ``Book.opened``."""
        self._connection = connection

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[Self]:
        """Open a book, new or old.

        Raises:
            BookError: others can read it, or it is none.
        """
        if not path.exists():
            path.touch(0o600)
        if path.stat().st_mode & _OTHERS:
            message = f"{path} is open to others: chmod 600 {path}"
            raise BookError(message)
        connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_TABLES)
            yield cls(connection)
        except sqlite3.DatabaseError as error:
            message = f"{path}: {error}"
            raise BookError(message) from None
        finally:
            connection.close()

    def own(self, name: str) -> str | None:
        """What the system knows of itself, such as ``client_id``."""
        query = "SELECT value FROM own WHERE name = ?"
        found = self._connection.execute(query, (name,)).fetchone()
        return None if found is None else str(found[0])

    def keep(self, **members: str) -> None:
        """Note such members."""
        with self._transaction():
            for name, value in members.items():
                self._note(name, value)

    @property
    def reached(self) -> int:
        """The number of the last event that was taken; 0: none."""
        return int(self.own(_REACHED) or 0)

    def take(self, events: Sequence[Mapping[str, Any]]) -> int:
        """Take the events of a page that are not here yet; all of them, or none.

        1. The feed's numbers go on without a gap.
        2. So do those of each appointment.

        Returns:
            How many were taken.

        Raises:
            GapError: one of them does not.
        """
        taken = 0
        with self._transaction():
            for event in events:
                taken += self._taken(event)
        return taken

    def appointments(self, session: str | None = None) -> list[Standing]:
        """How appointments stand, in the order in which they were made."""
        query = (
            "SELECT id, sequence, state, session FROM appointments "
            "WHERE ?1 IS NULL OR session = ?1 ORDER BY id"
        )
        found = self._connection.execute(query, (session,)).fetchall()
        return [
            Standing(id=own, sequence=sequence, state=state, session=of)
            for own, sequence, state, of in found
        ]

    def events(self) -> list[tuple[int, str]]:
        """Numbers and ids of all events."""
        return list(self._connection.execute("SELECT sequence, id FROM events ORDER BY sequence"))

    def begin(self, write: Write) -> None:
        """Note a write before it is sent."""
        body = json.dumps(write.body, ensure_ascii=False)
        with self._transaction():
            self._connection.execute(
                "INSERT INTO writes VALUES (?, ?, ?, NULL)", (write.key, write.path, body)
            )

    def end(self, key: str, answer: str) -> None:
        """Note what came of it."""
        with self._transaction():
            self._connection.execute("UPDATE writes SET answer = ? WHERE key = ?", (answer, key))

    @property
    def open(self) -> list[Write]:
        """Writes whose answer has not come, oldest first."""
        query = "SELECT key, path, body FROM writes WHERE answer IS NULL ORDER BY rowid"
        found = self._connection.execute(query).fetchall()
        return [Write(key=key, path=path, body=json.loads(body)) for key, path, body in found]

    def _taken(self, event: Mapping[str, Any]) -> bool:
        sequence, reached = int(event["sequence"]), self.reached
        if sequence <= reached:
            return False
        if sequence != reached + 1 and reached:  # 1
            raise GapError(_FEED, expected=reached + 1, told=sequence)
        data = json.dumps(event["data"], ensure_ascii=False)
        self._connection.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
            (sequence, event["id"], event["type"], event["timestamp"], data),
        )
        if event["type"].startswith(_APPOINTMENT):
            self._apply(event["type"], event["data"])
        self._note(_REACHED, str(sequence))
        return True

    def _apply(self, kind: str, data: Mapping[str, Any]) -> None:
        own, sequence = str(data["appointment"]), int(data["sequence"])
        query = "SELECT sequence, state FROM appointments WHERE id = ?"
        known = self._connection.execute(query, (own,)).fetchone()
        last = self._last_of(known)
        if last is not None and sequence != last + 1:  # 2
            raise GapError(own, expected=last + 1, told=sequence)
        before = "" if known is None else known[1]
        state = before if kind == _NO_STATE else kind.removeprefix(_APPOINTMENT)
        self._connection.execute(
            "INSERT INTO appointments VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "sequence = excluded.sequence, state = excluded.state",
            (own, sequence, state, data["session"]),
        )

    def _last_of(self, known: tuple[int, str] | None) -> int | None:
        """The number before an appointment's next event; None: it may have begun before the book.

        The feed keeps ninety days: a book that did not begin with its first event cannot know.
        """
        if known is not None:
            return known[0]
        (first,) = self._connection.execute("SELECT min(sequence) FROM events").fetchone()
        return 0 if first == 1 else None

    def _note(self, name: str, value: str) -> None:
        self._connection.execute(
            "INSERT INTO own VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
