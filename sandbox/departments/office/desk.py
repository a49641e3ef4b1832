"""Answers questions under one contract from a department's books."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.departments.office.books import Books, Found
from sandbox.departments.office.changes import moment
from sandbox.departments.office.contract import Contract
from sandbox.departments.office.question import Question
from sandbox.departments.office.record import Record, row
from sandbox.departments.office.versions import digest_of

Envelope = Callable[[Question, Found], dict[str, Any]]


def several(question: Question, found: Found) -> dict[str, Any]:
    """Return all records: none is the honest answer about whom nothing is registered."""
    return {
        "found": bool(found.records),
        "records": [question.of(record) for record in found.records],
        "record_version": found.version,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One contract at work."""

    contract: Contract
    envelope: Envelope = several

    def answer(self, question: Question, books: Books) -> dict[str, Any]:
        """Return the members of the answer, no field of a record that was not asked for."""
        as_of = moment(datetime.now(tz=UTC))  # before the books are read: never too young
        found = books.find(self.contract, subject=question.subject, name=question.name)
        told = self.envelope(question, found)
        return {"contract": self.contract.title, **told, "as_of": as_of}


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """What a department keeps and what it answers from it."""

    books: Books
    desks: tuple[Desk, ...]

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """All contracts it answers under."""
        return tuple(desk.contract for desk in self.desks)


def filled(
    directory: Path, *, name: str, records: Iterable[Record], contracts: Iterable[Contract]
) -> Department:
    """Return a department that keeps these records, in ``<name>.sqlite3`` of `directory`.

    Corrections of an earlier run stay as long as the records are drawn the same.
    """
    rows = [row(record) for record in records]
    books = Books(directory, name=name)
    books.fill(rows, digest=digest_of(rows))
    return Department(books=books, desks=tuple(Desk(contract=one) for one in contracts))
