"""Values that count once: the memory behind `jti`."""

from __future__ import annotations

import hashlib
import math
from datetime import timedelta
from typing import Protocol

import redis

from app.core.jose import base64url


class ReplayStore(Protocol):
    """Remembers for a while what has been used."""

    def claim(self, key: str, ttl: timedelta) -> bool:
        """Use `key` up.

        Args:
            key: what may be used once.
            ttl: how long to remember it; afterwards the caller's own time check refuses.

        Returns:
            True to exactly one caller, however many ask at once.
        """
        ...


class RedisReplayStore:
    """The replay memory all workers share."""

    def __init__(self, client: redis.Redis, *, prefix: str = "replay:") -> None:
        """Use this server.

        Args:
            client: with timeouts set. Its exceptions are not caught: without a memory nothing
                may be accepted, and the guard answers 503.
            prefix: of every key written.
        """
        self._client = client
        self._prefix = prefix

    def claim(self, key: str, ttl: timedelta) -> bool:
        """Use `key` up by `SET NX EX`, one atomic step on the server (Redis ≥ 2.6.12).

        Raises:
            redis.RedisError: the server cannot be asked.
        """
        seconds = max(1, math.ceil(ttl.total_seconds()))
        return bool(self._client.set(self._prefix + key, b"1", nx=True, ex=seconds))


def replay_key(kind: str, *parts: str) -> str:
    """A key of fixed length for values a stranger chose.

    Hashed, so that length and alphabet are ours; with its owner among the parts, so that nobody
    can use up another's value.

    Args:
        kind: a fixed word, such as `dpop`.
        parts: the owner, then the value.
    """
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return f"{kind}:{base64url.encode(hashlib.sha256(framed.encode()).digest())}"
