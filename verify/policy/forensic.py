"""When traces of paper, screens and files speak against a living face."""

from dataclasses import dataclass

from verify.policy.never import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class ForensicPolicy:
    """How passive traces count; they may accuse, hardly acquit."""

    min_frames: float = NEVER
    """Frames that must have been looked at for the traces to count at all."""
