"""A face that comes closer: it grows, and what stands before the eyes grows faster."""

from statistics import median

from verify.expression import nearness, perspective
from verify.geometry import points_of
from verify.liveness.evidence import StepEvidence
from verify.liveness.motion.action import Seen, faces_ahead, hasty, unseen
from verify.liveness.motion.path import Path
from verify.liveness.motion.rest import Rest
from verify.policy.verification import VerificationPolicy

_LEAD = 3
"""Frames by which the step's own beginning is told."""


def closer(step: StepEvidence, rest: Rest, policy: VerificationPolicy) -> Seen:
    """Judge an approach, in this order.

    1. The face grows enough against the step's own beginning; it may stay near or go back.
    2. The head faces ahead meanwhile.
    3. It starts no sooner than a person can react.

    A flat picture grows as well: this shows that the asked movement was made, and the perspective
    is a figure, no gate. That the face is not cut off is a gate on every step's frames.
    """
    sizes = [nearness(points_of(face.mesh)) for face in step.faces]
    start = max(median(sizes[:_LEAD]), 1e-9)
    path = Path.of(step, lambda face: nearness(points_of(face.mesh)) / start - 1)
    noses = [perspective(points_of(face.mesh)) for face in path.faces_at_peak]
    reaction_ms = path.reaction_ms(policy.motion.return_share * path.peak)
    finding = unseen(
        {
            "closer_seen": path.peak >= policy.motion.min_growth,
            "closer_still": faces_ahead(step, rest, policy.motion),
        }
    )
    return Seen(
        figures={
            "closer_growth": path.peak,
            "closer_perspective": median(noses) / max(rest.perspective, 1e-9),
            "closer_reaction_ms": reaction_ms,
        },
        finding=finding or hasty("closer", reaction_ms, policy),
    )
