"""Was the capture made for this session, in this order, at this time? Before any image is opened.

Standard library only: a forged upload costs the server one SHA-256 a frame.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from hmac import compare_digest

from verify.liveness.capture import Capture, FrameEntry, StepTiming
from verify.liveness.chain import ChainState, StepProgress, first_link, frame_hash
from verify.liveness.clocks import Clocks
from verify.liveness.findings import Finding, RetryCode
from verify.policy.protocol import ProtocolPolicy
from verify.wanted import Wanted

__all__ = [
    "Capture",
    "CaptureCheck",
    "ChainState",
    "FrameEntry",
    "StepTiming",
    "check_capture",
    "first_link",
    "frame_hash",
    "to_measure",
]

_MAX_SEQ = 2**32 - 1
_MAX_T = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureCheck:
    """The outcome of `check_capture`."""

    finding: Finding | None
    """None: accepted."""
    chain: ChainState
    """The state to go on with; unchanged where the capture was refused."""


def check_capture(capture: Capture, *, chain: ChainState, policy: ProtocolPolicy) -> CaptureCheck:
    """Pass an upload through the hard gates; the first broken one is the finding.

    An upload is a whole step or one part of it, in which case the gates look at the step as far as
    it has come; those marked * wait for its last part.

    1. count: manifest and frames agree, are not more than the step allows, and not fewer*.
    2. order: it is the step that is due, and numbers run on without a gap.
    3. clock: capture times rise, also across parts and steps.
    4. chain: each frame's hash continues the last one under this step's nonce.
    5. gap: no pause inside the step; rate*: between the slowest and the fastest camera.
    6. hold*: not shorter than the step asks; length: not longer than its window.
    7. window: it arrived in time.
    8. reveal: no frame is provably older than the step it answers.
    9. shown: a light step says* when its first picture appeared, once, near the first frame and
       not before the reveal; no other step does.
    10. slope: the phone's clock runs like ours.

    What the caller still owes: that the session is this phone's, open, and waiting for this very
    part; that the pictures show what was asked (`verify.liveness.fusion`).

    Args:
        capture: The upload.
        chain: State after the upload before.
        policy: Limits; the empty policy refuses everything.
    """
    for gate, code, holds in _GATES:
        if not holds(capture, chain, policy):
            return CaptureCheck(finding=Finding(gate=gate, code=code), chain=chain)
    return CaptureCheck(finding=None, chain=_advance(capture, chain, policy))


def to_measure(capture: Capture, *, chain: ChainState) -> Wanted:
    """Return what to measure of an accepted upload.

    The frames to describe were drawn with the challenge. One description by dlib is enough for a
    session, one look for traces for a step: at the first that was drawn.

    Args:
        capture: The upload.
        chain: State before it.
    """
    step, start = capture.step, chain.progress.frames
    end, lit = start + len(capture.frames), bool(step.segments)
    first = start <= step.described[0]
    return Wanted(
        described=tuple(place - start for place in step.described if start <= place < end),
        dlib=first and step.n == 0,
        traces=first,
        radiance=lit,
        still=lit,
    )


def _count(capture: Capture, chain: ChainState, _: ProtocolPolicy) -> bool:
    step, count = capture.step, len(capture.entries)
    total = chain.progress.frames + count
    fewest = step.min_frames if capture.final else 0
    return 0 < count == len(capture.frames) and fewest <= total <= step.max_frames


def _order(capture: Capture, chain: ChainState, _: ProtocolPolicy) -> bool:
    expected = range(chain.next_seq, chain.next_seq + len(capture.entries))
    due = capture.step.n == chain.next_step and expected.stop <= _MAX_SEQ
    return due and [entry.seq for entry in capture.entries] == list(expected)


def _clock(capture: Capture, chain: ChainState, _: ProtocolPolicy) -> bool:
    times = (chain.last_t_ms, *capture.times)
    return all(a < b for a, b in itertools.pairwise(times)) and times[-1] <= _MAX_T


def _chain(capture: Capture, chain: ChainState, _: ProtocolPolicy) -> bool:
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


def _gap(capture: Capture, chain: ChainState, policy: ProtocolPolicy) -> bool:
    times = (chain.last_t_ms, *capture.times) if chain.progress.frames else capture.times
    return all(b - a <= policy.max_gap_ms for a, b in itertools.pairwise(times))


def _rate(capture: Capture, chain: ChainState, policy: ProtocolPolicy) -> bool:
    intervals = chain.progress.frames + len(capture.entries) - 1
    rate = 1000 * intervals / max(1, _span(capture, chain))
    return not capture.final or policy.min_fps <= rate <= policy.max_fps


def _long_enough(capture: Capture, chain: ChainState, _: ProtocolPolicy) -> bool:
    return not capture.final or _span(capture, chain) >= capture.step.hold_ms


def _short_enough(capture: Capture, chain: ChainState, _: ProtocolPolicy) -> bool:
    return _span(capture, chain) <= capture.step.window_ms


def _window(capture: Capture, _: ChainState, policy: ProtocolPolicy) -> bool:
    elapsed = capture.timing.received_ms - capture.timing.revealed_ms
    return 0 <= elapsed <= capture.step.window_ms + policy.upload_ms


def _reveal(capture: Capture, chain: ChainState, policy: ProtocolPolicy) -> bool:
    clocks = chain.clocks.arrived(capture.arrival, policy)
    return clocks.allow(capture.since_reveal(_first(capture, chain)), policy)


def _shown(capture: Capture, chain: ChainState, policy: ProtocolPolicy) -> bool:
    told = {capture.shown_ms, chain.progress.shown_ms} - {None}
    shown = _told(capture, chain)
    if shown is None:
        return not (capture.final and capture.step.segments)
    if len(told) > 1 or not capture.step.segments:
        return False
    clocks = chain.clocks.arrived(capture.arrival, policy)
    near = abs(shown - _first(capture, chain)) <= policy.max_shown_ms
    return near and clocks.allow(capture.since_reveal(shown), policy)


def _slope(capture: Capture, chain: ChainState, policy: ProtocolPolicy) -> bool:
    return _clocks(capture, chain, policy).steady(policy)


_Gate = Callable[[Capture, ChainState, ProtocolPolicy], bool]

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
    ("reveal", RetryCode.REJECTED_PROTOCOL, _reveal),  # 8
    ("shown", RetryCode.REJECTED_PROTOCOL, _shown),  # 9
    ("slope", RetryCode.REJECTED_PROTOCOL, _slope),  # 10
)


def _first(capture: Capture, chain: ChainState) -> int:
    """Return the capture time of the step's first frame."""
    return chain.progress.first_t_ms if chain.progress.frames else capture.entries[0].t_ms


def _span(capture: Capture, chain: ChainState) -> int:
    return capture.entries[-1].t_ms - _first(capture, chain)


def _told(capture: Capture, chain: ChainState) -> int | None:
    return chain.progress.shown_ms if capture.shown_ms is None else capture.shown_ms


def _clocks(capture: Capture, chain: ChainState, policy: ProtocolPolicy) -> Clocks:
    revealed = capture.since_reveal(_first(capture, chain))
    return chain.clocks.arrived(capture.arrival, policy).revealed(revealed)


def _advance(capture: Capture, chain: ChainState, policy: ProtocolPolicy) -> ChainState:
    last = capture.entries[-1]
    return replace(
        chain,
        head=last.digest,
        next_step=chain.next_step + capture.final,
        next_seq=last.seq + 1,
        last_t_ms=last.t_ms,
        progress=StepProgress() if capture.final else _progress(capture, chain),
        clocks=_clocks(capture, chain, policy),
    )


def _progress(capture: Capture, chain: ChainState) -> StepProgress:
    before = chain.progress
    return StepProgress(
        frames=before.frames + len(capture.entries),
        first_t_ms=_first(capture, chain),
        shown_ms=_told(capture, chain),
    )
