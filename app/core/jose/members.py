"""JSON objects whose meaning does not depend on the reader, and typed access to their members."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Final, NoReturn

from app.core.jose.errors import JoseRefused, Reason

LAST_SECOND: Final = 253_402_300_799
"""The end of the year 9999: the last moment a `datetime` can hold."""


def read_object(data: bytes) -> Mapping[str, object]:
    """Read one JSON object.

    Refused besides broken JSON: a member given twice at any depth (readers differ on which one
    counts, RFC 7515 §4), NaN and infinities, text that is not valid Unicode, endless nesting.

    Raises:
        JoseRefused: MALFORMED or DUPLICATE_MEMBER.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once_each,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
        if b"\\" in data:  # half of a surrogate pair comes by an escape, or not at all
            write_object(value)
    except (ValueError, RecursionError):
        raise JoseRefused(Reason.MALFORMED) from None
    if not isinstance(value, dict):
        raise JoseRefused(Reason.MALFORMED)
    return value


def write_object(value: Mapping[str, object]) -> bytes:
    """The compact UTF-8 JSON of `value`.

    Raises:
        ValueError: a number is not finite, or a text not valid Unicode.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8")


def text_of(claims: Mapping[str, object], name: str) -> str:
    """A member that must be a non-empty text.

    Raises:
        JoseRefused: CLAIM_MISSING or CLAIM_TYPE.
    """
    value = _present(claims, name)
    if not isinstance(value, str) or not value:
        raise JoseRefused(Reason.CLAIM_TYPE)
    return value


def seconds_of(claims: Mapping[str, object], name: str) -> float:
    """A member that must be a NumericDate (RFC 7519 §2): seconds since 1970, UTC.

    Raises:
        JoseRefused: CLAIM_MISSING or CLAIM_TYPE.
    """
    value = _present(claims, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise JoseRefused(Reason.CLAIM_TYPE)
    # Compared before any conversion: a whole number of a thousand digits has no float.
    if not 0 <= value <= LAST_SECOND:
        raise JoseRefused(Reason.CLAIM_TYPE)
    return float(value)


def _present(claims: Mapping[str, object], name: str) -> object:
    if name not in claims:
        raise JoseRefused(Reason.CLAIM_MISSING)
    return claims[name]


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JoseRefused(Reason.DUPLICATE_MEMBER)
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JoseRefused(Reason.MALFORMED)
    return number


def _refuse_constant(_: str) -> NoReturn:
    raise JoseRefused(Reason.MALFORMED)
