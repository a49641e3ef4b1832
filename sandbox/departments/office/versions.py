"""Versions of records: what tells that a record, or what somebody is told, is another one now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.departments.office.record import Row


def version_of(row: Row) -> str:
    """Return the version of a record: another one when any member is."""
    return _short(canonical(row.record))


def version_of_all(versions: Sequence[str]) -> str:
    """Return the version of several records together; an only one keeps its own.

    That none is on file is a fact too, and has a version.
    """
    return versions[0] if len(versions) == 1 else _short("\n".join(versions))


def digest_of(rows: Iterable[Row]) -> str:
    """Return what is another one when any row is, or whom it concerns."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.kind} {canonical(row.record)} {row.parties}\n".encode())
    return digest.hexdigest()


def canonical(record: dict[str, Any]) -> str:
    """Return the one way a record is written down."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
