"""How evidence is weighed, and how much of it is enough."""

from dataclasses import dataclass

from verify.policy.never import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One figure's part in a log-likelihood ratio: weight · clip((x − centre) / scale, ±4)."""

    figure: str
    """A key of `CueResult.figures`."""
    centre: float
    scale: float
    weight: float
    log: bool = False
    """x is the natural logarithm of the figure, not below 1e-6."""
    optional: bool = False
    """A figure that could not be measured adds nothing; else it counts as the worst there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceModel:
    """How one modality's figures become a log-likelihood ratio."""

    modality: str
    """A value of `Modality`."""
    bias: float
    terms: tuple[Term, ...]
    least: float
    """The ratio is clipped from below …"""
    most: float
    """… and from above."""
    floor: float = -NEVER
    """Below this the modality alone refuses; none unless given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionPolicy:
    """Weights of evidence and what their sum must reach."""

    models: tuple[EvidenceModel, ...] = ()
    """One for each modality that may count."""
    accept: float = NEVER
    """The sum that is accepted."""
