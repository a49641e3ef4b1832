"""What the server asks of the camera, step by step."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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

    @classmethod
    def from_json(cls, step: Mapping[str, Any]) -> "Step":
        """Read the API's ``step`` object; ``KeyError`` if a member is missing."""
        return cls(
            n=step["n"],
            kind=step["kind"],
            nonce=base64.urlsafe_b64decode(step["nonce"] + "=="),
            window_ms=step["window_ms"],
            min_frames=step["min_frames"],
            max_frames=step["max_frames"],
            hold_ms=step["hold_ms"],
        )
