"""Was the capture made for this session, in this order, at this time? Before any image is opened.

Standard library only: a forged upload costs the server one SHA-256 a frame.
"""

import hashlib
import itertools
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from hmac import compare_digest

from verify.liveness.challenge import Step
from verify.liveness.findings import Finding, RetryCode
from verify.packing import pack, unpack
from verify.policy import LivenessPolicy

_PREFIX = b"zero-run frame chain v1"
_MAX_SEQ = 2**32 - 1
_MAX_T = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameEntry:
    """One line of the phone's manifest."""

    seq: int
    """Through the whole session, from 0."""
    t_ms: int
    """The phone's monotonic clock at capture."""
    digest: bytes
    """The claimed link of the chain, 32 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTiming:
    """Our clock, milliseconds of any epoch that stays the same for the session."""

    revealed_ms: int
    """When the step was sent."""
    received_ms: int
    """When its upload had arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """Where the session stands between two steps."""

    head: bytes
    """The last accepted frame's link."""
    next_seq: int = 0
    last_t_ms: int = -1
    """The last accepted frame's capture time; −1 before the first."""
    last_received_ms: int = 0
    """When the last accepted upload arrived."""
    offset_ms: int = 2**62
    """The smallest arrival − capture seen: our clock is at most this far ahead of the phone's."""

    @classmethod
    def start(cls, session_id: str) -> "ChainState":
        """Return the state before the first frame."""
        return cls(head=first_link(session_id))

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One upload, as it came."""

    step: Step
    """The step it answers."""
    entries: tuple[FrameEntry, ...]
    """The manifest."""
    frames: tuple[bytes, ...]
    """The JPEG files, in order."""
    timing: StepTiming
    """By our clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureCheck:
    """The outcome of `check_capture`."""

    finding: Finding | None
    """None: accepted."""
    chain: ChainState
    """The state to go on with; unchanged where the capture was refused."""


def first_link(session_id: str) -> bytes:
    """Return what the first frame's hash continues."""
    return hashlib.sha256(_PREFIX + session_id.encode()).digest()


def frame_hash(*, previous: bytes, nonce: bytes, seq: int, t_ms: int, jpeg: bytes) -> bytes:
    """Return SHA-256(previous ‖ nonce ‖ seq ‖ t_ms ‖ jpeg), numbers big endian of 4 and 8 bytes."""
    return hashlib.sha256(previous + nonce + struct.pack(">IQ", seq, t_ms) + jpeg).digest()


def check_capture(capture: Capture, *, chain: ChainState, policy: LivenessPolicy) -> CaptureCheck:
    """Pass one step's upload through the hard gates; the first broken one is the finding.

    1. count: manifest and frames agree, and are as many as the step allows.
    2. order: numbers run on from the last step without a gap.
    3. clock: capture times rise, also across steps.
    4. chain: each frame's hash continues the last one under this step's nonce.
    5. gap, rate: no pause, and between the slowest and the fastest believable camera.
    6. duration: not shorter than the step asks, not longer than its window.
    7. window: it arrived in time.
    8. slope: the phone's clock runs like ours from upload to upload.
    9. reveal: no frame is provably older than the step it answers.

    What the caller still owes: that the session is this phone's, open, and waiting for this very
    step; that the pictures show what was asked (`verify.liveness.fusion`).

    Args:
        capture: The upload.
        chain: State after the step before.
        policy: Limits; the empty policy refuses everything.
    """
    for gate, code, holds in _GATES:
        if not holds(capture, chain, policy):
            return CaptureCheck(finding=Finding(gate=gate, code=code), chain=chain)
    return CaptureCheck(finding=None, chain=_advance(capture, chain))


def _count(capture: Capture, _: ChainState, __: LivenessPolicy) -> bool:
    step, count = capture.step, len(capture.entries)
    return count == len(capture.frames) and step.min_frames <= count <= step.max_frames


def _order(capture: Capture, chain: ChainState, _: LivenessPolicy) -> bool:
    expected = range(chain.next_seq, chain.next_seq + len(capture.entries))
    inside = expected.stop <= _MAX_SEQ
    return inside and [entry.seq for entry in capture.entries] == list(expected)


def _clock(capture: Capture, chain: ChainState, _: LivenessPolicy) -> bool:
    times = [chain.last_t_ms, *_times(capture)]
    rising = all(a < b for a, b in itertools.pairwise(times))
    return rising and times[-1] <= _MAX_T


def _chain(capture: Capture, chain: ChainState, _: LivenessPolicy) -> bool:
    head, intact = chain.head, True
    for entry, jpeg in zip(capture.entries, capture.frames, strict=True):
        head = frame_hash(
            previous=head,
            nonce=capture.step.nonce,
            seq=entry.seq,
            t_ms=entry.t_ms,
            jpeg=jpeg,
        )
        intact &= compare_digest(head, entry.digest)
    return intact


def _gap(capture: Capture, _: ChainState, policy: LivenessPolicy) -> bool:
    times = _times(capture)
    return all(b - a <= policy.max_gap_ms for a, b in itertools.pairwise(times))


def _rate(capture: Capture, _: ChainState, policy: LivenessPolicy) -> bool:
    rate = 1000 * (len(capture.entries) - 1) / max(1, _span(capture))
    return policy.min_fps <= rate <= policy.max_fps


def _long_enough(capture: Capture, _: ChainState, __: LivenessPolicy) -> bool:
    return _span(capture) >= capture.step.hold_ms


def _short_enough(capture: Capture, _: ChainState, __: LivenessPolicy) -> bool:
    return _span(capture) <= capture.step.window_ms


def _window(capture: Capture, _: ChainState, policy: LivenessPolicy) -> bool:
    elapsed = capture.timing.received_ms - capture.timing.revealed_ms
    return 0 <= elapsed <= capture.step.window_ms + policy.upload_ms


def _slope(capture: Capture, chain: ChainState, policy: LivenessPolicy) -> bool:
    if chain.next_seq == 0:
        return True
    theirs = capture.entries[-1].t_ms - chain.last_t_ms
    ours = capture.timing.received_ms - chain.last_received_ms
    return abs(ours - theirs) <= policy.clock_slope * theirs + policy.transit_ms


def _reveal(capture: Capture, chain: ChainState, policy: LivenessPolicy) -> bool:
    first = capture.entries[0].t_ms
    drift = policy.clock_slope * (first - chain.last_t_ms) if chain.next_seq else 0.0
    return first + _offset(capture, chain) + drift >= capture.timing.revealed_ms


_Gate = Callable[[Capture, ChainState, LivenessPolicy], bool]

_GATES: tuple[tuple[str, RetryCode, _Gate], ...] = (
    ("count", RetryCode.REJECTED_PROTOCOL, _count),  # 1
    ("order", RetryCode.REJECTED_PROTOCOL, _order),  # 2
    ("clock", RetryCode.REJECTED_PROTOCOL, _clock),  # 3
    ("chain", RetryCode.REJECTED_PROTOCOL, _chain),  # 4
    ("gap", RetryCode.REJECTED_PROTOCOL, _gap),  # 5
    ("rate", RetryCode.REJECTED_PROTOCOL, _rate),
    ("hold", RetryCode.TOO_FAST, _long_enough),  # 6
    ("length", RetryCode.TOO_SLOW, _short_enough),
    ("window", RetryCode.TOO_SLOW, _window),  # 7
    ("slope", RetryCode.REJECTED_PROTOCOL, _slope),  # 8
    ("reveal", RetryCode.REJECTED_PROTOCOL, _reveal),  # 9
)


def _times(capture: Capture) -> list[int]:
    return [entry.t_ms for entry in capture.entries]


def _span(capture: Capture) -> int:
    return capture.entries[-1].t_ms - capture.entries[0].t_ms


def _offset(capture: Capture, chain: ChainState) -> int:
    return min(chain.offset_ms, capture.timing.received_ms - capture.entries[-1].t_ms)


def _advance(capture: Capture, chain: ChainState) -> ChainState:
    last = capture.entries[-1]
    return replace(
        chain,
        head=last.digest,
        next_seq=last.seq + 1,
        last_t_ms=last.t_ms,
        last_received_ms=capture.timing.received_ms,
        offset_ms=_offset(capture, chain),
    )
