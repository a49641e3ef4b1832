"""What a cue is: one source of evidence for or against a living head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding
from verify.policy.verification import VerificationPolicy


class Modality(StrEnum):
    """What a cue looks at; a missing one adds nothing and lowers the assurance level."""

    GEOMETRY = "geometry"
    LIGHT = "light"
    PASSIVE = "passive"


@dataclass(frozen=True, slots=True, kw_only=True)
class CueResult:
    """What one cue says of a session; `verify.liveness.evidence_models` weighs the figures."""

    modality: Modality
    figures: Mapping[str, float] = field(default_factory=dict)
    """For the weighing and the audit record."""
    finding: Finding | None = None
    """A hard gate of this cue that was broken."""
    spoof: bool = False
    """Whether what was seen can only be an attack."""


class Cue(Protocol):
    """Judges some of a session's steps."""

    def weigh(self, steps: Sequence[StepEvidence], policy: VerificationPolicy) -> CueResult | None:
        """Return the figures, or None where the session has no step of this cue's kind."""
