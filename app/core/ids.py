"""Opaque identifiers: a prefix that names the kind, and 128 bits ordered by time."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

ID_PATTERN: Final = r"^[a-z]{3}_[0-9a-v]{26}$"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
    text = base64.b32hexencode(value.to_bytes(16, "big")).decode().rstrip("=").lower()
    return f"{prefix}_{text}"
