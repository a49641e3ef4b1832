"""The light of the phone's own screen: what it shows at a moment, and one picture after another."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sandbox.phone.steps import Segment

Quadrants = NDArray[np.float32]
"""2 × 2 × 3: upper and lower row, left and right as the person sees them who looks at the screen,
linear blue, green, red, 0..1."""

_KNEE, _SLOPE, _OFFSET, _GAMMA = 0.04045, 12.92, 0.055, 2.4  # sRGB (IEC 61966-2-1)
_MOMENTS = (0.1, 0.3, 0.5, 0.7, 0.9)  # of an exposure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shine:
    """What the screen shows now."""

    quadrants: Quadrants = field(default_factory=lambda: np.zeros((2, 2, 3), np.float32))

    @classmethod
    def of(cls, segment: Segment) -> "Shine":
        """Return the light of one picture of the challenge.

        Raises:
            ValueError: a pattern or colour that is none.
        """
        first, second = _linear(segment.first), _linear(segment.second)
        match segment.pattern:
            case "full":
                rows = ((first, first), (first, first))
            case "left_right":
                rows = ((first, second), (first, second))
            case "top_bottom":
                rows = ((first, first), (second, second))
            case _:
                raise ValueError(segment.pattern)
        return cls(quadrants=np.asarray(rows, np.float32))

    @property
    def mean(self) -> NDArray[np.float32]:
        """Blue, green, red of the whole screen together."""
        return np.asarray(self.quadrants.mean(axis=(0, 1)), np.float32)


DARK = Shine()
"""A screen that gives no light of its own beyond what the scene always had."""


class Screen:
    """Pictures shown one after the other; the last one stays."""

    def __init__(self, segments: Sequence[Segment], *, segment_ms: int, start: float) -> None:
        """Take what to show and when the first picture appears, seconds."""
        self._shines = [Shine.of(segment) for segment in segments]
        self._each = segment_ms / 1000
        self._start = start

    def at(self, t: float) -> Shine:
        """Return the light at ``t`` seconds; dark before the first picture."""
        if t < self._start or not self._shines:
            return DARK
        index = int((t - self._start) / self._each)
        return self._shines[min(index, len(self._shines) - 1)]

    def during(self, start: float, end: float) -> Shine:
        """Return the light a frame gathers that is exposed from ``start`` to ``end``."""
        first, last = self.at(start), self.at(end)
        if first is last:
            return first
        moments = (self.at(start + (end - start) * part) for part in _MOMENTS)
        return Shine(quadrants=np.mean([each.quadrants for each in moments], axis=0))


def _linear(colour: str) -> NDArray[np.float64]:
    """Return linear blue, green, red of ``#rrggbb``."""
    if len(colour) != len("#rrggbb") or not colour.startswith("#"):
        raise ValueError(colour)
    parts = np.frombuffer(bytes.fromhex(colour[1:]), np.uint8)[::-1] / 255
    curved = ((parts + _OFFSET) / (1 + _OFFSET)) ** _GAMMA
    return np.asarray(np.where(parts <= _KNEE, parts / _SLOPE, curved), np.float64)
