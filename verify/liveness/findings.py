"""Why a session failed: the gate for the audit record, the coarse code for the person."""

from dataclasses import dataclass
from enum import StrEnum


class RetryCode(StrEnum):
    """What a caller may be told; too coarse to climb towards a pass."""

    NOT_VERIFIED = "NOT_VERIFIED"
    FACE_NOT_VISIBLE = "FACE_NOT_VISIBLE"
    TWO_FACES = "TWO_FACES"
    FACE_TOO_SMALL = "FACE_TOO_SMALL"
    TOO_DARK = "TOO_DARK"
    TOO_BRIGHT = "TOO_BRIGHT"
    INSUFFICIENT_LIGHT = "INSUFFICIENT_LIGHT"
    CUT_OFF = "CUT_OFF"
    NOT_ALIGNED = "NOT_ALIGNED"
    EYES_CLOSED = "EYES_CLOSED"
    ACTION_NOT_SEEN = "ACTION_NOT_SEEN"
    TOO_FAST = "TOO_FAST"
    TOO_SLOW = "TOO_SLOW"
    REJECTED_PROTOCOL = "REJECTED_PROTOCOL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken gate."""

    gate: str
    """A stable name such as "chain" or "gap"; for the audit record only."""
    code: RetryCode
    """For the person."""
