"""What a session asks for, and which sorts of session a purpose accepts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One sort of session."""

    name: str
    level: str
    """Assurance of a pass: L3 movements and light, L2 movements, L1 one modality alone."""
    moves: tuple[int, int] = (0, 0)
    """Fewest and most movements; where there are any, one of them is a turn."""
    segments: int = 0
    """Coloured pictures of the light challenge; 0: none."""
    block: int = 4
    """How many of them are revealed at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengePolicy:
    """What is drawn from. With no variant, or for an unknown purpose, nothing is accepted."""

    turns: tuple[str, ...] = ()
    """Kinds of step one of which is always drawn where there are movements."""
    others: tuple[str, ...] = ()
    """Kinds of step the other movements are drawn from, besides `turns`."""
    min_described: int = 0
    """Frames of a session that are described for matching at the least: one of each step, and what
    is lacking then in steps drawn at random."""
    spot_every: int = 1
    """One frame in so many, each drawn by itself, is described besides."""
    segment_ms: int = 0
    """How long one picture of the light challenge is shown."""
    variants: tuple[Variant, ...] = ()
    purposes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Purpose → names of the variants it accepts, the best first."""
