"""What judging one movement yields, and what all of them check alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.motion.path import Path
from verify.liveness.motion.rest import Rest
from verify.policy.motion import MotionPolicy
from verify.policy.verification import VerificationPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One movement as it was seen."""

    figures: Mapping[str, float]
    finding: Finding | None
    """The first gate it broke."""
    spoof: bool = False
    """Whether what moved can only be an attack."""


class Action(Protocol):
    """Judges a step of one kind."""

    def __call__(self, step: StepEvidence, rest: Rest, policy: VerificationPolicy) -> Seen:
        """Compare the step with the same person at rest."""
        ...


def unseen(gates: Mapping[str, bool]) -> Finding | None:
    """Return the first gate that does not hold: another movement was asked for."""
    broken = next((gate for gate, holds in gates.items() if not holds), None)
    return None if broken is None else Finding(gate=broken, code=RetryCode.ACTION_NOT_SEEN)


def hasty(action: str, reaction_ms: float, policy: VerificationPolicy) -> Finding | None:
    """Return a finding where the movement began before anyone could have read what was asked."""
    if reaction_ms >= policy.protocol.min_reaction_ms:
        return None
    return Finding(gate=f"{action}_reaction", code=RetryCode.TOO_FAST)


def faces_ahead(step: StepEvidence, rest: Rest, policy: MotionPolicy) -> bool:
    """Return whether the head neither turns nor nods while something else was asked."""
    yaw = Path.of(step, lambda face: face.yaw - rest.yaw)
    pitch = Path.of(step, lambda face: face.pitch - rest.pitch)
    return yaw.stray <= policy.max_stray and pitch.stray <= policy.max_stray
