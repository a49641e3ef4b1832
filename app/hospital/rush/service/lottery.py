"""The lottery's arithmetic, as it is published: anybody can do it again.

    digest = SHA-256(the ids of all tickets, sorted, each followed by a line feed)
    key(id) = HMAC-SHA-256(seed, digest || public value in UTF-8 || 0x00 || id)
    rank 1 is the ticket with the smallest key, rank 2 the next, and so on

The seed is committed to by its SHA-256 before the first entry; the digest is published before the
public value is known; so neither can be chosen for an outcome. HMAC is RFC 2104.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Final

FORMULA: Final = "zero-run-lottery-1"


def digest_of(ticket_ids: Iterable[str]) -> bytes:
    """What stands for all entries, 32 bytes."""
    digest = hashlib.sha256()
    for ticket_id in sorted(ticket_ids):
        digest.update(ticket_id.encode("ascii") + b"\n")
    return digest.digest()


def ranked(ticket_ids: Sequence[str], *, seed: bytes, public_value: str) -> list[str]:
    """The tickets in the order they are admitted in.

    Args:
        ticket_ids: all entries, in any order.
        seed: 32 bytes.
        public_value: the number drawn elsewhere.
    """
    bound = digest_of(ticket_ids) + public_value.encode() + b"\x00"

    def key(ticket_id: str) -> bytes:
        return hmac.digest(seed, bound + ticket_id.encode("ascii"), "sha256")

    return sorted(ticket_ids, key=key)
