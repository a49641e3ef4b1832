"""Access tokens that were verified a moment ago: a signature is checked once, not at each call."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from app.core.access.tokens import TokenClaims


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenToken:
    """What was found out about a token, none of which its text can change."""

    kid: str
    key: ec.EllipticCurvePublicKey = field(repr=False)
    """What its signature was checked with."""
    members: Mapping[str, object] = field(repr=False)
    claims: TokenClaims = field(repr=False)


class SeenTokens:
    """Remembers a bounded number of tokens by their SHA-256, those asked for last; thread-safe.

    The tokens themselves are not kept. Whoever asks still owes what may have changed since: the
    key's publication, the time, the session behind it.
    """

    def __init__(self, *, most: int = 4096) -> None:
        """Remember nothing yet.

        Args:
            most: tokens kept; some 2 KiB each.
        """
        self._most = most
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, SeenToken] = OrderedDict()

    def find(self, token: str) -> SeenToken | None:
        """What is known of a token, or None."""
        digest = _digest(token)
        with self._lock:
            found = self._seen.get(digest)
            if found is not None:
                self._seen.move_to_end(digest)
        return found

    def add(self, token: str, seen: SeenToken) -> None:
        """Remember a token that passed every check."""
        with self._lock:
            self._seen[_digest(token)] = seen
            while len(self._seen) > self._most:
                self._seen.popitem(last=False)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
