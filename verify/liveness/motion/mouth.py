"""A mouth that opens and closes, against the same mouth at rest."""

from verify.expression import mouth_open
from verify.geometry import points_of
from verify.liveness.evidence import StepEvidence
from verify.liveness.motion.action import Seen, faces_ahead, hasty, unseen
from verify.liveness.motion.path import Path
from verify.liveness.motion.rest import Rest
from verify.policy.verification import VerificationPolicy


def mouth(step: StepEvidence, rest: Rest, policy: VerificationPolicy) -> Seen:
    """Judge an opening of the mouth, in this order.

    1. The lips part wide enough, from as they were at rest and back.
    2. The head faces ahead meanwhile.
    3. It starts no sooner than a person can react.
    """
    path = Path.of(step, lambda face: mouth_open(points_of(face.mesh)) - rest.mouth)
    edge = policy.motion.return_share * path.peak
    reaction_ms = path.reaction_ms(edge)
    finding = unseen(
        {
            "mouth_seen": path.peak >= policy.motion.min_mouth,
            "mouth_start": path.values[0] <= edge,
            "mouth_end": path.values[-1] <= edge,
            "mouth_still": faces_ahead(step, rest, policy.motion),
        }
    )
    return Seen(
        figures={
            "mouth_gap": path.peak,
            "mouth_start": path.values[0],
            "mouth_end": path.values[-1],
            "mouth_reaction_ms": reaction_ms,
        },
        finding=finding or hasty("mouth", reaction_ms, policy),
    )
