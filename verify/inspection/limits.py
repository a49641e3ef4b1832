"""How much of a film is watched; an operator's tool may take its time, not the machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipLimits:
    """What is beyond is refused; too many frames are watched at equal distances instead."""

    max_bytes: int = 0
    """Of the file."""
    max_pixels: int = 0
    """Of one frame."""
    max_seconds: float = 0.0
    """From the first frame to the last."""
    max_frames: int = 0
    """That are measured, about 25 ms each; others are only passed over."""


CLIP_LIMITS = ClipLimits(
    max_bytes=256 * 1024 * 1024,
    max_pixels=3840 * 2160,
    max_seconds=600.0,
    max_frames=1500,
)
"""What `python -m verify inspect` allows; chosen, ten minutes of 4K from a phone fit."""
