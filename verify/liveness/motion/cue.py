"""All movements of a session together: was each made as asked, and was it a head that made them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from verify.liveness.cues import CueResult, Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.motion.action import Action, Seen
from verify.liveness.motion.blink import blink
from verify.liveness.motion.closer import closer
from verify.liveness.motion.mouth import mouth
from verify.liveness.motion.nod import nod
from verify.liveness.motion.rest import fault_of, rest_of
from verify.liveness.motion.turn import turn
from verify.policy.verification import VerificationPolicy

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "turn_left": turn,
        "turn_right": turn,
        "nod": nod,
        "blink": blink,
        "mouth": mouth,
        "closer": closer,
    },
)
"""Kind of step → its judge. A new movement is one module and one entry here."""


class MotionCue:
    """Every movement against the person's own baseline."""

    def weigh(self, steps: Sequence[StepEvidence], policy: VerificationPolicy) -> CueResult | None:
        """Judge the movements in the order they were made; the first to fail is the finding.

        Figures of all of them are told. Of several turns it is the weakest one's, by parallax:
        what looks solid once and flat another time is not trusted for its better side.
        """
        still = [step for step in steps if step.step.kind == "baseline"]
        moved = [step for step in steps if step.step.kind in ACTIONS]
        if not still or not moved:
            return None
        rest = rest_of(still[0])
        fault = fault_of(rest, policy.motion)
        if fault is not None:
            return CueResult(
                modality=Modality.GEOMETRY,
                finding=fault,
                figures={"baseline_yaw": rest.yaw, "baseline_pitch": rest.pitch},
            )
        seen = [ACTIONS[step.step.kind](step, rest, policy) for step in moved]
        return CueResult(
            modality=Modality.GEOMETRY,
            finding=next((one.finding for one in seen if one.finding), None),
            spoof=any(one.spoof for one in seen),
            figures=_pooled(seen),
        )


def _pooled(seen: Sequence[Seen]) -> dict[str, float]:
    """Return all figures; of equal names those of the movement with the least parallax."""
    weakest_last = sorted(seen, key=lambda one: -one.figures.get("parallax", 0.0))
    return {name: value for one in weakest_last for name, value in one.figures.items()}
