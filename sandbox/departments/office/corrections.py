"""Corrects the books: for whoever runs the sandbox, never for callers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from sandbox.departments.office.books import Books, enter
from sandbox.departments.office.changes import announce
from sandbox.departments.office.contract import Contract
from sandbox.departments.office.record import Record, Row, row
from sandbox.departments.office.refusals import Refused, invalid
from sandbox.departments.office.versions import version_of

_SERIAL_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What became of a record."""

    key: str
    version: str | None
    """Its new version; None when it was taken out."""
    changes: int
    """How many entries of the feed tell of it; 0 when it already was so."""


class Corrections:
    """Writes, corrects and takes out records."""

    def __init__(self, books: Books, contracts: Sequence[Contract]) -> None:
        """Take the books and the contracts whose answers a correction may change."""
        self._books = books
        self._contracts = tuple(contracts)
        self._kinds: dict[str, type[Record]] = {one.record.kind: one.record for one in contracts}

    def held(self, subject: str) -> list[dict[str, Any]]:
        """Return key, version and all members of each record that concerns somebody."""
        with self._books.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT key, version, record FROM record JOIN party USING (key)"
                " WHERE subject = ? ORDER BY key",
                (subject,),
            ).fetchall()
        return [
            {"key": key, "version": version, "record": json.loads(record)}
            for key, version, record in rows
        ]

    def put(self, key: str, sent: object) -> Correction:
        """Let a record have these members, all of them; one that is not there is added.

        Raises:
            Refused: NOT_FOUND (404) for a key of no kind, INVALID_FIELD (422) with a pointer.
        """
        return self._change(key, _checked(sent, self._kind(key)))

    def remove(self, key: str) -> Correction:
        """Take a record out.

        Raises:
            Refused: NOT_FOUND (404).
        """
        self._kind(key)
        return self._change(key, None)

    def _kind(self, key: str) -> type[Record]:
        kind, _, serial = key.rpartition("-")
        well_formed = len(serial) == _SERIAL_DIGITS and serial.isascii() and serial.isdecimal()
        if kind not in self._kinds or not well_formed:
            raise _not_found()
        return self._kinds[kind]

    def _change(self, key: str, new: Row | None) -> Correction:
        version = version_of(new) if new else None
        with self._books.writing() as connection:
            known = connection.execute("SELECT version FROM record WHERE key = ?", (key,))
            standing = known.fetchone()
            if new is None and standing is None:
                raise _not_found()
            if standing == (version,):
                return Correction(key=key, version=version, changes=0)
            touched = _parties(connection, key)
            connection.execute("DELETE FROM record WHERE key = ?", (key,))
            if new is not None:
                enter(connection, key, new)
            touched |= _parties(connection, key)
            changes = self._announce(connection, key, touched)
        return Correction(key=key, version=version, changes=changes)

    def _announce(
        self, connection: sqlite3.Connection, key: str, touched: set[tuple[str, str]]
    ) -> int:
        """Tell of everybody who was in the record or is in it now, under every contract."""
        at, count = datetime.now(tz=UTC), 0
        for contract in self._contracts:
            if contract.record is not self._kind(key):
                continue
            for subject in sorted({who for who, role in touched if role in contract.roles}):
                announce(connection, contract, subject, at=at)
                count += 1
        return count


def _checked(sent: object, model: type[Record]) -> Row:
    try:
        return row(model.model_validate_json(json.dumps(sent)))
    except ValidationError as error:
        raise invalid(at=_pointer(error)) from None


def _pointer(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = first["loc"]
    if first["type"] == "extra_forbidden":
        where = where[:-1]  # the name of an unknown member is not repeated
    return "".join(f"/{step}" for step in ("record", *where))


def _parties(connection: sqlite3.Connection, key: str) -> set[tuple[str, str]]:
    return set(connection.execute("SELECT subject, role FROM party WHERE key = ?", (key,)))


def _not_found() -> Refused:
    return Refused(status=404, code="NOT_FOUND")
