"""The chain of hashes through a session's frames, and how far a session has come along it."""

import hashlib
import struct
from dataclasses import dataclass, field

from verify.liveness.clocks import Clocks
from verify.packing import pack, unpack

_PREFIX = b"zero-run frame chain v1"


def first_link(session_id: str) -> bytes:
    """Return what the first frame's hash continues."""
    return hashlib.sha256(_PREFIX + session_id.encode()).digest()


def frame_hash(*, previous: bytes, nonce: bytes, seq: int, t_ms: int, jpeg: bytes) -> bytes:
    """Return SHA-256(previous ‖ nonce ‖ seq ‖ t_ms ‖ jpeg), numbers big endian of 4 and 8 bytes."""
    return hashlib.sha256(previous + nonce + struct.pack(">IQ", seq, t_ms) + jpeg).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """What has arrived of the step that is being filmed."""

    frames: int = 0
    first_t_ms: int = -1
    """Capture time of its first frame; −1 before that."""
    shown_ms: int | None = None
    """When its first picture appeared, by the phone's clock, once the phone has said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """Where the session stands between two uploads."""

    head: bytes
    """The last accepted frame's link."""
    next_step: int = 0
    """Number of the step that is due or under way."""
    next_seq: int = 0
    last_t_ms: int = -1
    """The last accepted frame's capture time; −1 before the first."""
    progress: StepProgress = StepProgress()
    """Inside the step."""
    clocks: Clocks = field(default_factory=Clocks)
    """The phone's clock against ours."""

    @classmethod
    def start(cls, session_id: str) -> "ChainState":
        """Return the state before the first frame."""
        return cls(head=first_link(session_id))

    @property
    def offset_ms(self) -> int:
        """Our clock is at most this far ahead of the phone's."""
        return self.clocks.most.offset_ms

    def to_bytes(self) -> bytes:
        """Return a compact form to be stored."""
        return pack(self)

    @classmethod
    def from_bytes(cls, content: bytes) -> "ChainState":
        """Read what `to_bytes` wrote.

        Raises:
            EvidenceRefused: EVIDENCE_BROKEN.
        """
        return unpack(cls, content)
