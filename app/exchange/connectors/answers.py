"""What was read without a question over HTTP, in the envelope of a contract all the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One record as it was read: the fields that were asked for, no other."""

    record: dict[str, Any]
    version: str


def write_answer(
    request: Request, told: Sequence[Told], *, contract: str, as_of: datetime
) -> bytes:
    """The answer as JSON.

    Args:
        request: what was asked.
        told: the records found.
        contract: title of the contract they were given under.
        as_of: when they were true.

    Raises:
        ExchangeFailed: CONTRACT_BROKEN where there is more than the one record agreed on,
            TOO_LARGE.
    """
    records = [one.record for one in told]
    version: str | None = version_of([one.version for one in told])
    members: dict[str, Any] = {"records": records}
    if request.single:
        if len(records) > 1:
            raise ExchangeFailed(Failure.CONTRACT_BROKEN)
        members = {"record": records[0]} if records else {}
        version = version if records else None
    head = {"contract": contract, "found": bool(records), "as_of": as_of.isoformat()}
    versioned = {} if version is None else {"record_version": version}
    body = json.dumps({**head, **versioned, **members}, ensure_ascii=False).encode()
    if len(body) > request.answer_limit:
        raise ExchangeFailed(Failure.TOO_LARGE)
    return body


def version_of(versions: Sequence[str]) -> str:
    """The version of several records together; an only one keeps its own.

    That none is on file is a fact too, and has a version.
    """
    if len(versions) == 1:
        return versions[0]
    return hashlib.sha256("\n".join(sorted(versions)).encode()).hexdigest()[:16]
