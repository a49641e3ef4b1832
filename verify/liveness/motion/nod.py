"""A nod: the chin goes down and comes back, and what nods has depth."""

from collections.abc import Mapping
from statistics import median

from verify.geometry import parallax, points_of
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.motion.action import Seen, hasty, unseen
from verify.liveness.motion.path import Path
from verify.liveness.motion.rest import Rest
from verify.policy.motion import MotionPolicy
from verify.policy.verification import VerificationPolicy


def nod(step: StepEvidence, rest: Rest, policy: VerificationPolicy) -> Seen:
    """Judge a nod, in this order.

    1. The chin goes down far enough, from the front and back; it may also go up on the way.
    2. The head does not turn meanwhile.
    3. It starts no sooner than a person can react.
    4. The features shift as a solid's do, and as this very face's depth predicts: a print tilted
       by 50 degrees seems to nod by 6 and shifts by less than half of what a head does at 8.
    """
    figures = _figures(step, rest, policy.motion)
    finding = _excursion(figures, policy.motion)
    finding = finding or hasty("nod", figures["nod_reaction_ms"], policy)
    if finding is not None:
        return Seen(figures=figures, finding=finding)
    solid = (
        figures["nod_parallax"] >= policy.motion.min_parallax
        and figures["nod_agreement"] >= policy.motion.min_depth_agreement
    )
    return Seen(
        figures=figures,
        finding=None if solid else Finding(gate="nod_solid", code=RetryCode.NOT_VERIFIED),
        spoof=figures["nod_parallax"] <= policy.motion.spoof_parallax,
    )


def _figures(step: StepEvidence, rest: Rest, policy: MotionPolicy) -> dict[str, float]:
    """Measure the nod; degrees relative to the baseline, positive downwards."""
    path = Path.of(step, lambda face: face.pitch - rest.pitch)
    near = path.faces_at_peak
    shifts = [parallax(rest.shape, points_of(face.mesh)) for face in near]
    return {
        "nod_peak": path.peak,
        "nod_start": abs(path.values[0]),
        "nod_end": abs(path.values[-1]),
        "nod_yaw": Path.of(step, lambda face: face.yaw - rest.yaw).stray,
        "nod_reaction_ms": path.reaction_ms(policy.onset_nod),
        "nod_parallax": median(shift.residual for shift in shifts),
        "nod_agreement": median(shift.agreement for shift in shifts),
    }


def _excursion(figures: Mapping[str, float], policy: MotionPolicy) -> Finding | None:
    edge = policy.return_share * figures["nod_peak"]
    return unseen(
        {
            "nod_seen": figures["nod_peak"] >= policy.min_nod,
            "nod_start": figures["nod_start"] <= edge,
            "nod_end": figures["nod_end"] <= edge,
            "nod_straight": figures["nod_yaw"] <= policy.max_stray,
        }
    )
