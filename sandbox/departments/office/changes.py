"""The feed of changes that a nightly sweep reads."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from typing import Any

from sandbox.departments.office.books import Books, version_for
from sandbox.departments.office.contract import Contract
from sandbox.departments.office.refusals import Refused

PAGE = 100
"""Most changes of one answer."""
_QUERY = re.compile(r"(?:after=([0-9]{1,18}))?", re.ASCII)
_MEMBERS = ("number", "contract", "subject", "record_version", "changed_at")


def announce(
    connection: sqlite3.Connection, contract: Contract, subject: str, *, at: datetime
) -> None:
    """Append that what somebody is told under a contract is another thing now."""
    version = version_for(connection, contract, subject)
    connection.execute(
        "INSERT INTO change (contract, subject, record_version, changed_at) VALUES (?, ?, ?, ?)",
        (contract.title, subject, version, moment(at)),
    )


def parse_after(query: str) -> int:
    """Read ``after=<n>``: the last number the caller has seen; 0 when nothing is said.

    Raises:
        Refused: INVALID_QUERY (422).
    """
    form = _QUERY.fullmatch(query)
    if form is None:
        raise Refused(status=422, code="INVALID_QUERY")
    return int(form[1] or 0)


def page(books: Books, *, after: int) -> dict[str, Any]:
    """Return the changes that follow a number, oldest first.

    Returns:
        ``changes``: at most `PAGE`; ``last``: what to ask after next; ``more``: whether there is
        more already. Numbers only ever grow.
    """
    with books.reading() as connection:
        rows = connection.execute(
            "SELECT number, contract, subject, record_version, changed_at FROM change"
            " WHERE number > ? ORDER BY number LIMIT ?",
            (after, PAGE + 1),
        ).fetchall()
    shown = [dict(zip(_MEMBERS, row, strict=True)) for row in rows[:PAGE]]
    last = shown[-1]["number"] if shown else after
    return {"changes": shown, "last": last, "more": len(rows) > PAGE}


def moment(at: datetime) -> str:
    """Return a time as answers write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
