"""A head that turns is solid: its features shift against one another as no flat picture's do."""

from collections.abc import Mapping
from math import radians, tan
from statistics import median

from verify.geometry import parallax, points_of
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.motion.action import Seen, hasty, unseen
from verify.liveness.motion.path import Path
from verify.liveness.motion.rest import Rest
from verify.policy.motion import MotionPolicy
from verify.policy.verification import VerificationPolicy

_NOSE_SCALE = 0.55
"""`tan(yaw) · 0.55` is the detector's nose offset; correlation 0.96 with the mesh's yaw."""


def turn(step: StepEvidence, rest: Rest, policy: VerificationPolicy) -> Seen:
    """Judge a turn, in this order.

    1. The head turns the asked way, far enough, from the front and back.
    2. It starts no sooner than a person can react.
    3. The nose of another net follows, and the head does not nod instead; the features shift as a
       solid's do, and as this very face's depth predicts.
    """
    figures = _figures(step, rest, policy.motion)
    finding = _excursion(figures, policy.motion)
    finding = finding or hasty("turn", figures["turn_reaction_ms"], policy)
    if finding is not None:
        return Seen(figures=figures, finding=finding)
    solid = _solid(figures, policy.motion)
    flat = figures["parallax"] <= policy.motion.spoof_parallax
    return Seen(
        figures=figures,
        finding=None if solid else Finding(gate="solid", code=RetryCode.NOT_VERIFIED),
        spoof=flat or figures["nose_gain"] < 0,
    )


def _figures(step: StepEvidence, rest: Rest, policy: MotionPolicy) -> dict[str, float]:
    """Measure the turn; angles in degrees relative to the baseline, positive the asked way."""
    path = Path.of(step, lambda face: step.kind.direction * (face.yaw - rest.yaw))
    near = path.faces_at_peak
    shifts = [parallax(rest.shape, points_of(face.mesh)) for face in near]
    return {
        "turn_peak": path.peak,
        "turn_opposite": -min(path.values),
        "turn_start": path.values[0],
        "turn_end": path.values[-1],
        "turn_reaction_ms": path.reaction_ms(policy.onset_yaw),
        "turn_pitch": abs(median(face.pitch for face in near) - rest.pitch),
        "nose_gain": _nose_gain(step, rest),
        "parallax": median(shift.residual for shift in shifts),
        "agreement": median(shift.agreement for shift in shifts),
    }


def _excursion(figures: Mapping[str, float], policy: MotionPolicy) -> Finding | None:
    edge = policy.return_share * figures["turn_peak"]
    return unseen(
        {
            "turn_size": figures["turn_peak"] >= policy.min_turn,
            "turn_way": figures["turn_opposite"] <= edge,
            "turn_start": figures["turn_start"] <= edge,
            "turn_end": figures["turn_end"] <= edge,
        }
    )


def _solid(figures: Mapping[str, float], policy: MotionPolicy) -> bool:
    return (
        figures["nose_gain"] >= policy.min_nose_gain
        and figures["turn_pitch"] <= policy.max_turn_pitch
        and figures["parallax"] >= policy.min_parallax
        and figures["agreement"] >= policy.min_depth_agreement
    )


def _nose_gain(step: StepEvidence, rest: Rest) -> float:
    """Regress the detector's nose offset on the mesh's yaw, through the baseline."""
    pairs = [
        (_NOSE_SCALE * (tan(radians(face.yaw)) - tan(radians(rest.yaw))), face.nose - rest.nose)
        for face in step.faces
        if face.nose is not None
    ]
    spread = sum(expected * expected for expected, _ in pairs)
    return sum(expected * seen for expected, seen in pairs) / max(spread, 1e-9)
