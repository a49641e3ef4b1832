"""What a check can say."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique


@unique
class Reason(StrEnum):
    """Why a code was not accepted. Stable names."""

    MALFORMED = "MALFORMED"
    """Not an offline code at all, or a damaged one."""
    UNKNOWN_ISSUER = "UNKNOWN_ISSUER"
    """Signed with a key the issuer does not publish, or not to this till yet."""
    BAD_SIGNATURE = "BAD_SIGNATURE"
    """The issuer or the phone did not sign this."""
    NOT_YET_VALID = "NOT_YET_VALID"
    EXPIRED = "EXPIRED"
    WRONG_PURPOSE = "WRONG_PURPOSE"
    CLOCK_AHEAD = "CLOCK_AHEAD"
    """The code is from a minute that has not come: one of the clocks is wrong."""
    STALE = "STALE"
    """The code is from a minute that is over."""
    REVOKED = "REVOKED"
    DELTA_TOO_OLD = "DELTA_TOO_OLD"
    """What the till knows of revocations is too old to decide by."""
    DELTA_FROM_FUTURE = "DELTA_FROM_FUTURE"
    """The till's clock is behind what the issuer signed: it cannot tell fresh from stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a till learns of a code without a network. It names nobody."""

    reason: Reason | None
    """Why not; None: the code is good."""
    alias: bytes | None = None
    """The credential's name, once the issuer's signature was found good; 16 bytes."""
    purpose: str | None = None
    slice_start: datetime | None = None
    """Beginning of the minute the code is for, UTC."""
    level: str | None = None
    cap_fen: int | None = None
    """The most that may be sold on it, fen."""

    @property
    def accepted(self) -> bool:
        """Whether the code is good."""
        return self.reason is None
