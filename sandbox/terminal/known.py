"""What a till knows of the issuer: its keys and the revoked credentials, as of some moment.

Everything is published. The list was checked piece by piece before it came here; the file is
trusted like the keys in it, which came over TLS: it is its owner's only.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from codes.keys import ALIAS_BYTES, IssuerKeys
from codes.revocations import Revocations
from sandbox.terminal.files import write_whole

_MOST_PIECES = 1000  # ten million revocations: a server that never comes to an end
_WHOLE_EVERY = timedelta(hours=24)
_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The beginning knows no keys, and so believes nobody."""

    jwks: Mapping[str, Any] = field(default_factory=lambda: {"keys": []}, repr=False)
    revocations: Revocations = field(default_factory=Revocations, repr=False)
    fetched_at: datetime = _NEVER
    """By the till's clock, UTC; ``revocations.at`` is by the issuer's."""
    whole_at: datetime = _NEVER
    """When the list was last fetched from its beginning."""

    @property
    def keys(self) -> IssuerKeys:
        """The issuer's keys."""
        return IssuerKeys.read(self.jwks)

    def refreshed(
        self, jwks: Mapping[str, Any], fetch_piece: Callable[[int], bytes], *, now: datetime
    ) -> Self:
        """Learn what is new. Once a day the list is fetched whole: it has shed what is over.

        Raises:
            MalformedError: the keys are none.
            PieceRefused: a piece is not the issuer's, not the next, or older than what is known.
        """
        keys, known = IssuerKeys.read(jwks), self.revocations
        whole = now - self.whole_at >= _WHOLE_EVERY
        if whole:
            known = replace(known, upto=0)
        for _ in range(_MOST_PIECES):
            known = known.take(fetch_piece(known.upto), keys)
            if known.complete:
                break
        return replace(
            self,
            jwks=dict(jwks),
            revocations=known,
            fetched_at=now,
            whole_at=now if whole else self.whole_at,
        )

    def save(self, path: Path) -> None:
        """Write it down."""
        told = {
            "jwks": self.jwks,
            "fetched_at": self.fetched_at.isoformat(),
            "whole_at": self.whole_at.isoformat(),
            "upto": self.revocations.upto,
            "at": self.revocations.at.isoformat(),
            "complete": self.revocations.complete,
            "aliases": base64.b64encode(b"".join(sorted(self.revocations.aliases))).decode(),
        }
        write_whole(path, json.dumps(told).encode())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote. Where there is nothing, or anything else, nothing is known."""
        try:
            return cls._read(json.loads(path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    @classmethod
    def _read(cls, told: Mapping[str, Any]) -> Self:
        IssuerKeys.read(told["jwks"])
        joined = base64.b64decode(told["aliases"])
        revocations = Revocations(
            upto=int(told["upto"]),
            at=_utc(told["at"]),
            complete=told["complete"] is True,
            aliases=frozenset(
                joined[n : n + ALIAS_BYTES] for n in range(0, len(joined), ALIAS_BYTES)
            ),
        )
        return cls(
            jwks=told["jwks"],
            revocations=revocations,
            fetched_at=_utc(told["fetched_at"]),
            whole_at=_utc(told["whole_at"]),
        )


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
