"""What pictures are taken in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePolicy:
    """Limits of one uploaded picture."""

    formats: frozenset[str] = frozenset()
    """Of "jpeg" and "png"."""
    max_bytes: int = 0
    """Length of the file."""
    max_pixels: int = 0
    """Declared width × height."""
    max_side: int = 0
    """Declared longest side, pixels."""
