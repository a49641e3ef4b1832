"""A head that turns is solid: its features shift against one another as no flat picture's do."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, radians, tan
from statistics import median

import numpy as np
from numpy.typing import NDArray

from verify.geometry import parallax, points_of, rest_shape
from verify.liveness.cues import CueResult, Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.policy import LivenessPolicy

_NEAR_PEAK = 0.2
"""Share of the peak's angle within which a frame counts as at the peak."""
_NOSE_SCALE = 0.55
"""`tan(yaw) · 0.55` is the detector's nose offset; correlation 0.96 with the mesh's yaw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The person's own frontal face, from the baseline."""

    yaw: float
    pitch: float
    nose: float
    spread: float
    """Degrees between the 10th and the 90th percentile of yaw."""
    shape: NDArray[np.float64]
    """468 × 3, mean over the frames."""


class TurnCue:
    """The turn: its way, its size, and whether what turned has depth."""

    def weigh(self, steps: Sequence[StepEvidence], policy: LivenessPolicy) -> CueResult | None:
        """Judge every turn of the session against its baseline, in this order.

        1. The baseline looks at the camera and holds still.
        2. The head turns the asked way, far enough, from the front and back.
        3. It starts no sooner than a person can react.
        4. The nose of another net follows, and the head does not nod instead.
        5. The features shift as a solid's do, and as this very face's depth predicts.
        """
        still = [step for step in steps if not step.direction]
        turns = [step for step in steps if step.direction]
        if not still or not turns:
            return None
        rest = rest_of(still[0])
        finding = _check_rest(rest, policy)
        if finding is not None:
            return _refused(finding, {"baseline_yaw": rest.yaw, "baseline_pitch": rest.pitch})
        results = [_turn(step, rest, policy) for step in turns]
        return min(results, key=lambda result: (result.finding is None, result.llr))


def rest_of(step: StepEvidence) -> Rest:
    """Return the frontal face of a baseline step that shows one."""
    yaws = sorted(face.yaw for face in step.faces)
    noses = [face.nose for face in step.faces if face.nose is not None]
    tenth = len(yaws) // 10
    return Rest(
        yaw=median(yaws),
        pitch=median(face.pitch for face in step.faces),
        nose=median(noses) if noses else 0.0,
        spread=yaws[-1 - tenth] - yaws[tenth],
        shape=rest_shape([points_of(face.mesh) for face in step.faces]),
    )


def check_rest(step: StepEvidence, policy: LivenessPolicy) -> Finding | None:
    """Return what is wrong with a baseline as a baseline."""
    return _check_rest(rest_of(step), policy)


def _check_rest(rest: Rest, policy: LivenessPolicy) -> Finding | None:
    if abs(rest.yaw) > policy.max_baseline_yaw or abs(rest.pitch) > policy.max_baseline_pitch:
        return Finding(gate="baseline_pose", code=RetryCode.NOT_ALIGNED)
    if rest.spread > policy.max_baseline_spread:
        return Finding(gate="baseline_still", code=RetryCode.NOT_ALIGNED)
    return None


def _turn(step: StepEvidence, rest: Rest, policy: LivenessPolicy) -> CueResult:
    figures = _figures(step, rest, policy)
    finding = _action(figures, policy)
    llr = _llr(figures["parallax"], policy)
    if finding is not None:
        return _refused(finding, figures)
    # 4 and 5
    flat = figures["parallax"] <= policy.spoof_parallax
    solid = (
        figures["nose_gain"] >= policy.min_nose_gain
        and figures["pitch"] <= policy.max_turn_pitch
        and figures["parallax"] >= policy.min_parallax
        and figures["agreement"] >= policy.min_depth_agreement
    )
    return CueResult(
        modality=Modality.GEOMETRY,
        llr=llr,
        spoof=flat or figures["nose_gain"] < 0,
        finding=None if solid else Finding(gate="solid", code=RetryCode.NOT_VERIFIED),
        figures=figures,
    )


def _action(figures: dict[str, float], policy: LivenessPolicy) -> Finding | None:
    """Check 2 and 3: the right way, far enough, from the front and back, not too soon."""
    peak = figures["peak"]
    edge = policy.return_share * peak
    seen = {
        "turn_size": peak >= policy.min_turn,
        "turn_way": figures["opposite"] <= edge,
        "turn_start": figures["start"] <= edge,
        "turn_end": figures["end"] <= edge,
    }
    for gate, holds in seen.items():
        if not holds:
            return Finding(gate=gate, code=RetryCode.ACTION_NOT_SEEN)
    if figures["reaction_ms"] < policy.min_reaction_ms:
        return Finding(gate="reaction", code=RetryCode.TOO_FAST)
    return None


def _figures(step: StepEvidence, rest: Rest, policy: LivenessPolicy) -> dict[str, float]:
    """Measure the turn; angles in degrees relative to the baseline, positive the asked way."""
    shown = [index for index, frame in enumerate(step.frames) if frame.face is not None]
    faces = step.faces
    path = _smooth([step.direction * (face.yaw - rest.yaw) for face in faces])
    peak = max(path)
    onset = next((at for at, yaw in enumerate(path) if yaw >= policy.onset_yaw), 0)
    edge = peak - _NEAR_PEAK * abs(peak)
    near = [face for face, yaw in zip(faces, path, strict=True) if yaw >= edge]
    shifts = [parallax(rest.shape, points_of(face.mesh)) for face in near]
    return {
        "peak": peak,
        "opposite": -min(path),
        "start": path[0],
        "end": path[-1],
        "reaction_ms": float(step.since_reveal(shown[onset])),
        "nose_gain": _nose_gain(step, rest),
        "pitch": abs(median(face.pitch for face in near) - rest.pitch),
        "parallax": median(shift.residual for shift in shifts),
        "agreement": median(shift.agreement for shift in shifts),
    }


def _nose_gain(step: StepEvidence, rest: Rest) -> float:
    """Regress the detector's nose offset on the mesh's yaw, through the baseline."""
    pairs = [
        (_NOSE_SCALE * (tan(radians(face.yaw)) - tan(radians(rest.yaw))), face.nose - rest.nose)
        for face in step.faces
        if face.nose is not None
    ]
    spread = sum(expected * expected for expected, _ in pairs)
    return sum(expected * seen for expected, seen in pairs) / max(spread, 1e-9)


def _llr(residual: float, policy: LivenessPolicy) -> float:
    """Return the clipped log-likelihood ratio of a residual, log-normal for heads and pictures."""
    if policy.parallax_spread <= 0:
        return -policy.max_llr
    value = log(max(residual, 1e-6))
    live = (value - log(policy.live_parallax)) / policy.parallax_spread
    flat = (value - log(policy.flat_parallax)) / policy.parallax_spread
    return max(-policy.max_llr, min(policy.max_llr, (flat * flat - live * live) / 2))


def _refused(finding: Finding, figures: dict[str, float]) -> CueResult:
    return CueResult(modality=Modality.GEOMETRY, llr=0.0, finding=finding, figures=figures)


def _smooth(path: list[float]) -> list[float]:
    """Return the running median of three: one lost frame is no motion."""
    padded = [path[0], *path, path[-1]]
    return [median(padded[at : at + 3]) for at in range(len(path))]
