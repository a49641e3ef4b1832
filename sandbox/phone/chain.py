"""The frame chain: each frame's hash covers the one before and the step's nonce."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sandbox.phone.camera import Frame
from sandbox.phone.steps import Step

_GENESIS = "zero-run frame chain v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A frame as it is uploaded: its place, its time, its hash (64 hex digits)."""

    jpeg: bytes
    seq: int
    t_ms: int
    hash: str
    shown_ms: int | None = None
    """In a light step, once it has: when the first picture appeared."""


class Sealing(Protocol):
    """Whatever puts a step's frames into the session's chain."""

    def seal(self, step: Step, frames: Sequence[Frame]) -> tuple[Sealed, ...]:
        """Return the frames with their manifest entries."""
        ...


class FrameChain:
    """The chain of one session.

    hash = SHA-256(previous ‖ nonce ‖ seq, 4 bytes BE ‖ t_ms, 8 bytes BE ‖ JPEG); the first
    ``previous`` is SHA-256("zero-run frame chain v1" ‖ session id).
    """

    def __init__(self, session_id: str) -> None:
        """Start at sequence number 0."""
        self._previous = hashlib.sha256(f"{_GENESIS}{session_id}".encode()).digest()
        self._seq = 0

    def seal(self, step: Step, frames: Sequence[Frame]) -> tuple[Sealed, ...]:
        """Append one step's frames."""
        return tuple(self._append(step.nonce, frame) for frame in frames)

    def _append(self, nonce: bytes, frame: Frame) -> Sealed:
        place = self._seq.to_bytes(4, "big") + frame.t_ms.to_bytes(8, "big")
        digest = hashlib.sha256(self._previous + nonce + place + frame.jpeg).digest()
        sealed = Sealed(
            jpeg=frame.jpeg,
            seq=self._seq,
            t_ms=frame.t_ms,
            hash=digest.hex(),
            shown_ms=frame.shown_ms,
        )
        self._previous, self._seq = digest, self._seq + 1
        return sealed


def manifest(frames: Sequence[Sealed]) -> str:
    """Return the JSON text that accompanies an upload."""
    entries = [{"seq": frame.seq, "t_ms": frame.t_ms, "hash": frame.hash} for frame in frames]
    shown = next((frame.shown_ms for frame in frames if frame.shown_ms is not None), None)
    told: dict[str, object] = {"frames": entries}
    if shown is not None:
        told["shown_ms"] = shown
    return json.dumps(told)
