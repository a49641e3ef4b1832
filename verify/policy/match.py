"""When two faces are one person."""

from dataclasses import dataclass

from verify.policy.never import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPolicy:
    """When two faces are one person; the figure is `cosine − 0.5 · distance`."""

    same: float = NEVER
    """Fused score of the session's medians from which the answer is SAME."""
    each: float = NEVER
    """Fused score every frame that both nets described must reach against the template."""
    each_cosine: float = NEVER
    """SFace cosine every frame must reach against the template."""
    among: float = NEVER
    """Fused score among the session's frames that both nets described, against the first."""
    among_cosine: float = NEVER
    """SFace cosine of every frame against the session's first: one person throughout."""
    anchors: tuple[tuple[int, float], ...] = ()
    """(60|80|90|95, fused score), rising."""
    min_embeddings: int = 1_000_000
    """Fewer cannot be decided."""
    min_dlib: int = 1_000_000
    """Of them, so many must have been described by dlib as well."""
