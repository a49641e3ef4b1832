"""What of a transaction is hashed, and how one hash follows from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

GENESIS: Final = bytes(32)
"""What the first transaction is chained to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a transaction."""

    account_id: str
    amount: int
    """Fen; debits are positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A transaction without its place in the chain."""

    id: str
    kind: str
    phase: str
    about: str
    resolves: str | None
    at: datetime
    entries: Sequence[Entry] = field(repr=False)

    def hash(self) -> bytes:
        """SHA-256 of the canonical JSON: members sorted, no spaces, UTC to the microsecond."""
        members = {
            "about": self.about,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "entries": [[entry.account_id, entry.amount] for entry in self.entries],
            "id": self.id,
            "kind": self.kind,
            "phase": self.phase,
            "resolves": self.resolves,
        }
        text = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()


def chained(predecessor: bytes, content_hash: bytes) -> bytes:
    """The chain hash of a transaction, 32 bytes."""
    return hashlib.sha256(predecessor + content_hash).digest()
