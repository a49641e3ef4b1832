"""Reads the JSON of a request: nothing twice, nothing unknown, nothing missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from sandbox.departments.office.refusals import Refused, invalid

_LONGEST_TEXT = 100


def read_object(body: bytes) -> dict[str, Any]:
    """Return the members of one JSON object in UTF-8.

    Raises:
        Refused: MALFORMED_JSON (400), or INVALID_FIELD (422) when it is no object.
    """
    try:
        sent = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_repetition,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise Refused(status=400, code="MALFORMED_JSON") from error
    if not isinstance(sent, dict):
        raise invalid(at="")
    return sent


def expect_members(sent: Mapping[str, Any], members: frozenset[str]) -> None:
    """Refuse a member that is unknown or missing.

    Raises:
        Refused: INVALID_FIELD (422).
    """
    if sent.keys() - members:
        # The name of an unknown member is the caller's text: it is not repeated.
        raise invalid(at="")
    for name in sorted(members - sent.keys()):
        raise invalid(at=f"/{name}")


def text(sent: Mapping[str, Any], name: str) -> str:
    """Return a printable text of 1 to 100 characters without space around it.

    Raises:
        Refused: INVALID_FIELD (422).
    """
    value = sent[name]
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_TEXT:
        raise invalid(at=f"/{name}")
    if not value.isprintable() or value != value.strip():
        raise invalid(at=f"/{name}")
    return value


def whole(sent: Mapping[str, Any], name: str, *, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`, both included.

    Raises:
        Refused: INVALID_FIELD (422).
    """
    value = sent[name]
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise invalid(at=f"/{name}")
    return value


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "member given twice"
        raise ValueError(msg)
    return members


def _no_number(_: str) -> NoReturn:
    msg = "NaN and infinities are no JSON"
    raise ValueError(msg)
