"""A ring as the text of its file."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from app.core.keys.records import KeyRecord

VERSION: Final = 1


def write_ring(records: Sequence[KeyRecord]) -> bytes:
    """The file of a ring: JSON, secrets in base64."""
    keys = [
        {
            "kid": record.kid,
            "created_at": record.created_at.isoformat(),
            "active_from": record.active_from.isoformat(),
            "withdrawn_at": record.withdrawn_at and record.withdrawn_at.isoformat(),
            "material": base64.b64encode(record.material).decode("ascii"),
        }
        for record in records
    ]
    return json.dumps({"version": VERSION, "keys": keys}, indent=1).encode("ascii")


def read_ring(data: bytes) -> tuple[KeyRecord, ...] | None:
    """The keys of a file, or None where it is not one of ours.

    No exception leaves this function: a decoder's exception holds the whole text, and with it
    every secret, for whoever logs it.
    """
    try:
        content = json.loads(data)
        if content["version"] != VERSION or not content["keys"]:
            return None
        return tuple(_record(entry) for entry in content["keys"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _record(entry: dict[str, Any]) -> KeyRecord:
    withdrawn_at = entry["withdrawn_at"]
    return KeyRecord(
        kid=entry["kid"],
        material=base64.b64decode(entry["material"], validate=True),
        created_at=_moment(entry["created_at"]),
        active_from=_moment(entry["active_from"]),
        withdrawn_at=None if withdrawn_at is None else _moment(withdrawn_at),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != timedelta(0):
        raise ValueError
    return moment
