"""When a camera takes its frames: about fifteen a second, never quite."""

import numpy as np

FPS = 15
"""What a phone says of itself."""
_JITTER_S = 0.004  # standard deviation
_LONG, _LONG_S = 0.015, (0.090, 0.120)  # how often a frame takes long, and how long


class Shutter:
    """Draws the time from one frame to the next."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Take the camera's randomness."""
        self._rng = rng

    def interval(self) -> float:
        """Return seconds: 1/15 ± a few milliseconds, now and then up to 0.12."""
        if self._rng.random() < _LONG:
            return float(self._rng.uniform(*_LONG_S))
        return 1 / FPS + float(np.clip(self._rng.normal(0, _JITTER_S), -0.012, 0.012))
