"""Opaque identifiers: a prefix that names the kind, and 128 bits ordered by time."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

ID_PATTERN: Final = r"^[a-z]{3}_[0-9a-v]{26}$"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuv"
_PAIRS: Final = tuple(first + second for first in _DIGITS for second in _DIGITS)
"""Two digits at once: a third of the time the library takes, which knows padding and bytes."""
_SHIFTS: Final = range(120, -1, -10)


def new_id(prefix: str, now: datetime) -> str:
    """Make an identifier such as `crd_06…`, 30 characters.

    The 128 bits are those of a UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then random; so
    new rows lie together in an index, and nobody can guess a neighbour. Written in base32hex (RFC
    4648 §7), whose texts sort as their numbers do; those of plain base32 do not.

    Args:
        prefix: three lower-case letters naming the kind.
        now: the present moment, aware.
    """
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    value = (milliseconds << 80) | (0x7 << 76) | secrets.randbits(76)
    value = value & ~(0b11 << 62) | (0b10 << 62)
    value <<= 2  # 26 digits are 130 bits
    return f"{prefix}_" + "".join([_PAIRS[value >> shift & 0x3FF] for shift in _SHIFTS])
