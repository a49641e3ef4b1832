"""A blink that was asked for: both eyes shut, and open again."""

from verify.expression import eyes_open
from verify.geometry import points_of
from verify.liveness.evidence import StepEvidence
from verify.liveness.motion.action import Seen, faces_ahead, hasty, unseen
from verify.liveness.motion.closure import closures
from verify.liveness.motion.rest import Rest
from verify.policy.verification import VerificationPolicy

_NONE = 1.0


def blink(step: StepEvidence, rest: Rest, policy: VerificationPolicy) -> Seen:
    """Judge a blink, in this order.

    1. Both eyes shut and open again at least once, against the person's own opening.
    2. The head faces ahead meanwhile.
    3. One of the blinks begins no sooner than a person can react; an earlier one besides is the
       kind that comes by itself every few seconds.
    """
    shown = [index for index, frame in enumerate(step.frames) if frame.face is not None]
    found = closures(
        [step.times[index] for index in shown],
        [eyes_open(points_of(face.mesh)) for face in step.faces],
        share=policy.motion.max_blink_share,
        policy=policy.motion,
    )
    reactions = [float(step.since_reveal(shown[closure.first])) for closure in found]
    latest = max(reactions, default=0.0)
    finding = unseen(
        {"blink_seen": bool(found), "blink_still": faces_ahead(step, rest, policy.motion)}
    )
    return Seen(
        figures={
            "blinks": float(len(found)),
            "blink_share": min((closure.share for closure in found), default=_NONE),
            "blink_reaction_ms": latest,
        },
        finding=finding or hasty("blink", latest, policy),
    )
