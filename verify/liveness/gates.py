"""Hard gates on what the frames of a step show."""

import itertools
from collections import Counter
from collections.abc import Sequence

import numpy as np

from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.repetition import Film, loops, twins
from verify.policy.presence import PresencePolicy
from verify.policy.protocol import ProtocolPolicy
from verify.results import FrameMeasurement, QualityReason

_CODES = {
    QualityReason.NO_FACE: RetryCode.FACE_NOT_VISIBLE,
    QualityReason.TWO_FACES: RetryCode.TWO_FACES,
    QualityReason.TOO_DARK: RetryCode.TOO_DARK,
    QualityReason.TOO_BRIGHT: RetryCode.TOO_BRIGHT,
    QualityReason.BLURRED: RetryCode.FACE_NOT_VISIBLE,
    QualityReason.FACE_TOO_SMALL: RetryCode.FACE_TOO_SMALL,
    QualityReason.FACE_TOO_LARGE: RetryCode.CUT_OFF,
    QualityReason.CUT_OFF: RetryCode.CUT_OFF,
}
"""In the order in which a person should mend them."""

_ESSENTIAL = (QualityReason.NO_FACE, QualityReason.TWO_FACES)


def check_frames(step: StepEvidence, policy: PresencePolicy) -> Finding | None:
    """Pass one measured step through the gates; the first broken one is the finding.

    1. one face: exactly one in nearly every frame.
    2. light, sharpness, size: no fault in too many frames.
    3. width: the face's share of the picture lies within limits.
    4. border: the face keeps clear of the picture's edge.
    5. cuts: neighbouring face boxes overlap.
    6. duplicates: no file twice.
    7. frozen: the feed moves at all.
    """
    for gate in _GATES:
        finding = gate(step, policy)
        if finding is not None:
            return finding
    return None


def check_session(
    steps: Sequence[StepEvidence], policy: PresencePolicy, protocol: ProtocolPolicy
) -> Finding | None:
    """Pass the whole session through the gates no single step can answer for.

    1. frames: enough in all.
    2. duplicates: no file twice, across steps either.
    3. twins: no picture twice, encoded anew.
    4. loops: no stretch of film repeats an earlier one.
    5. embeddings: enough to say that one person was there throughout.
    """
    frames = [frame for step in steps for frame in step.frames]
    film = Film.of(steps)
    gates = (
        ("frames", len(frames) >= protocol.min_frames),  # 1
        ("duplicates", not _repeated(frames)),  # 2
        ("twins", twins(film, policy) <= policy.max_twins),  # 3
        ("loops", not loops(film, policy)),  # 4
    )
    broken = next((gate for gate, holds in gates if not holds), None)
    if broken is not None:
        return _protocol(broken)
    # 5
    if sum(len(step.embeddings) for step in steps) < policy.min_embeddings:
        return Finding(gate="embeddings", code=RetryCode.FACE_NOT_VISIBLE)
    return None


def repeats(frames: Sequence[bytes], earlier: Sequence[bytes], policy: PresencePolicy) -> bool:
    """Return whether perceptual hashes repeat those of an earlier session.

    For the caller's index of past sessions. The same person before the same wall comes close to
    an earlier session in many frames, so a few alike prove nothing; a replay is alike nearly
    throughout, to the last bits. With no earlier session nothing is repeated.

    Args:
        frames: `FrameMeasurement.phash` of this session.
        earlier: The same of one earlier session.
        policy: `reuse_bits` and `reuse_share`; the empty policy calls everything a repetition.
    """
    known = [int.from_bytes(value) for value in earlier]
    alike = sum(
        any((int.from_bytes(frame) ^ value).bit_count() <= policy.reuse_bits for value in known)
        for frame in frames
    )
    return bool(known) and alike >= policy.reuse_share * len(frames)


def _one_face(step: StepEvidence, policy: PresencePolicy) -> Finding | None:
    faults = Counter(reason for frame in step.frames for reason in frame.reasons)
    allowed = (1 - policy.one_face_share) * len(step.frames)
    if sum(faults[reason] for reason in _ESSENTIAL) <= allowed and step.faces:
        return None
    worst = max(_ESSENTIAL, key=lambda reason: faults[reason])
    return Finding(gate="one_face", code=_CODES[worst])


def _faults(step: StepEvidence, policy: PresencePolicy) -> Finding | None:
    faults = Counter(reason for frame in step.frames for reason in frame.reasons)
    allowed = (1 - policy.good_share) * len(step.frames)
    for reason, code in _CODES.items():
        if reason not in _ESSENTIAL and faults[reason] > allowed:
            return Finding(gate=reason.value.lower(), code=code)
    return None


def _width(step: StepEvidence, policy: PresencePolicy) -> Finding | None:
    shares = sorted(
        frame.face.box.width / frame.width for frame in step.frames if frame.face is not None
    )
    middle = shares[len(shares) // 2]
    if middle < policy.min_width:
        return Finding(gate="width", code=RetryCode.FACE_TOO_SMALL)
    if middle > policy.max_width:
        return Finding(gate="width", code=RetryCode.CUT_OFF)
    return None


def _border(step: StepEvidence, policy: PresencePolicy) -> Finding | None:
    clear = sum(_clear(frame, policy.border) for frame in step.frames)
    if clear >= policy.border_share * len(step.frames):
        return None
    return Finding(gate="border", code=RetryCode.CUT_OFF)


def _clear(frame: FrameMeasurement, share: float) -> bool:
    if frame.face is None:
        return False
    box, margin = frame.face.box, share * frame.width
    across = margin <= box.x and box.x + box.width <= frame.width - margin
    return across and margin <= box.y and box.y + box.height <= frame.height - margin


def _cuts(step: StepEvidence, policy: PresencePolicy) -> Finding | None:
    boxes = [face.box for face in step.faces]
    pairs = itertools.pairwise(boxes)
    smooth = all(a.overlap(b) >= policy.min_overlap for a, b in pairs)
    return None if smooth else _protocol("cuts")


def _duplicates(step: StepEvidence, _: PresencePolicy) -> Finding | None:
    return _protocol("duplicates") if _repeated(step.frames) else None


def _frozen(step: StepEvidence, policy: PresencePolicy) -> Finding | None:
    looks = np.array([np.frombuffer(frame.thumb, np.uint8) for frame in step.frames], np.int16)
    most = policy.frozen_step * looks.shape[1]
    seen = sum(
        int(np.abs(looks[:index] - look).sum(axis=1).min()) <= most
        for index, look in enumerate(looks)
        if index
    )
    return _protocol("frozen") if seen > policy.max_frozen_share * len(looks) else None


_GATES = (_one_face, _faults, _width, _border, _cuts, _duplicates, _frozen)
"""1 to 7."""


def _repeated(frames: Sequence[FrameMeasurement]) -> bool:
    return len({frame.digest for frame in frames}) < len(frames)


def _protocol(gate: str) -> Finding:
    return Finding(gate=gate, code=RetryCode.REJECTED_PROTOCOL)
