"""The person's own face at rest, which every movement is measured against."""

from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from verify.expression import eyes_open, mouth_open, perspective
from verify.geometry import points_of, rest_shape
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.policy.motion import MotionPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The person's own frontal face, from the baseline."""

    yaw: float
    pitch: float
    nose: float
    spread: float
    """Degrees between the 10th and the 90th percentile of yaw."""
    eyes: float
    """How far the wider eye is open, by `verify.expression.eyes_open`."""
    mouth: float
    """The gap between the lips, in eye distances."""
    perspective: float
    """Width of the nose in eye distances."""
    shape: NDArray[np.float64]
    """468 × 3, mean over the frames."""


def rest_of(step: StepEvidence) -> Rest:
    """Return the frontal face of a baseline step that shows one."""
    yaws = sorted(face.yaw for face in step.faces)
    noses = [face.nose for face in step.faces if face.nose is not None]
    meshes = [points_of(face.mesh) for face in step.faces]
    tenth = len(yaws) // 10
    return Rest(
        yaw=median(yaws),
        pitch=median(face.pitch for face in step.faces),
        nose=median(noses) if noses else 0.0,
        spread=yaws[-1 - tenth] - yaws[tenth],
        eyes=median(max(eyes_open(points)) for points in meshes),
        mouth=median(map(mouth_open, meshes)),
        perspective=median(map(perspective, meshes)),
        shape=rest_shape(meshes),
    )


def check_rest(step: StepEvidence, policy: MotionPolicy) -> Finding | None:
    """Return what is wrong with a baseline as a baseline."""
    return fault_of(rest_of(step), policy)


def fault_of(rest: Rest, policy: MotionPolicy) -> Finding | None:
    """Check that the person looks at the camera, holds still and has the eyes open."""
    if abs(rest.yaw) > policy.max_baseline_yaw or abs(rest.pitch) > policy.max_baseline_pitch:
        return Finding(gate="baseline_pose", code=RetryCode.NOT_ALIGNED)
    if rest.spread > policy.max_baseline_spread:
        return Finding(gate="baseline_still", code=RetryCode.NOT_ALIGNED)
    if rest.eyes < policy.min_baseline_eyes:
        return Finding(gate="baseline_eyes", code=RetryCode.EYES_CLOSED)
    return None
