"""How a head stands before the camera, and how it wanders when nobody moves it."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Angles in degrees, shifts in pixels of the frame, shares from 0 to 1.

    ``yaw`` > 0: toward the person's own left, the nose moves to the right of the unmirrored
    picture. ``pitch`` > 0: chin up. ``roll`` > 0: clockwise in the picture.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    dx: float = 0.0
    dy: float = 0.0
    blink: float = 0.0
    """How far the lids are shut; 1: closed."""
    mouth: float = 0.0
    """How far the mouth is open; 1: as wide as for a bite."""
    nearer: float = 0.0
    """Share of the distance to the camera that was walked, at most about 0.35."""


class Sway:
    """Nobody holds still: slow sub-degree wandering and the hand's tremor."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw phases and speeds from ``rng``."""
        self._phases = rng.uniform(0, 2 * np.pi, (5, 2))
        self._hertz = rng.uniform((0.25, 0.9), (0.6, 1.7), (5, 2))

    def __call__(self, t: float) -> Pose:
        """Return a pose near zero: ≤ 1° in each angle, ≤ 2.5 px in each shift."""
        waves = np.sin(2 * np.pi * self._hertz * t + self._phases) @ (0.75, 0.25)
        yaw, pitch, roll, dx, dy = (waves * (0.8, 0.7, 0.5, 2.2, 2.2)).tolist()
        return Pose(yaw=yaw, pitch=pitch, roll=roll, dx=dx, dy=dy)
