"""What the server asks of the camera, step by step."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One picture a light step shows."""

    pattern: str
    """``full``, ``left_right`` or ``top_bottom``."""
    first: str
    """``#rrggbb`` of the left or upper half, as the person sees it."""
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One revealed step. Durations are milliseconds from the reveal."""

    n: int
    kind: str
    nonce: bytes
    window_ms: int
    min_frames: int
    max_frames: int
    hold_ms: int
    segments: tuple[Segment, ...] = ()
    """Pictures to show one after the other; empty but for light."""
    segment_ms: int = 0
    """How long each is shown."""

    @classmethod
    def from_json(cls, step: Mapping[str, Any]) -> "Step":
        """Read the API's ``step`` object; ``KeyError`` if a member is missing."""
        parameters = step["parameters"]
        return cls(
            n=step["n"],
            kind=step["kind"],
            nonce=base64.urlsafe_b64decode(step["nonce"] + "=="),
            window_ms=step["window_ms"],
            min_frames=step["min_frames"],
            max_frames=step["max_frames"],
            hold_ms=step["hold_ms"],
            segments=tuple(_segment(each) for each in parameters.get("segments", ())),
            segment_ms=parameters.get("segment_ms", 0),
        )


def _segment(told: Mapping[str, Any]) -> Segment:
    return Segment(pattern=told["pattern"], first=told["first"], second=told["second"])
