"""What a cue is: one source of evidence for or against a living head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding
from verify.policy import LivenessPolicy


class Modality(StrEnum):
    """What a cue looks at; a missing one adds nothing and lowers the assurance level."""

    GEOMETRY = "geometry"
    LIGHT = "light"
    PASSIVE = "passive"


@dataclass(frozen=True, slots=True, kw_only=True)
class CueResult:
    """What one cue says of a session."""

    modality: Modality
    llr: float
    """Natural log of P(seen | living head) / P(seen | attack), clipped by the policy."""
    spoof: bool = False
    """Whether what was seen can only be an attack."""
    finding: Finding | None = None
    """A hard gate of this cue that was broken."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """For the audit record."""


class Cue(Protocol):
    """Judges some of a session's steps."""

    def weigh(self, steps: Sequence[StepEvidence], policy: LivenessPolicy) -> CueResult | None:
        """Return the evidence, or None where the session has no step of this cue's kind."""
