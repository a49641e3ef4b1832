"""How a head stands before the camera, and how it moves there over time."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

TURN_DEGREES = 24.0
"""Amplitude of a turn; the landmark net reads 22–31 of it (measured on five portraits)."""

_CHIN, _TILT = 0.08, 0.05  # a neck does not turn about a straight axis; shares of the turn
_LEAD_S, _OUT_S, _HOLD_S, _BACK_S = 0.40, 0.60, 0.20, 0.60
TURN_S = _LEAD_S + _OUT_S + _HOLD_S + _BACK_S + 0.2
"""A whole turn, seconds: frontal (a person's reaction), out, a short stop, back, frontal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Angles in degrees, shifts in pixels of the frame.

    ``yaw`` > 0: toward the person's own left, the nose moves to the right of the unmirrored
    picture. ``pitch`` > 0: chin up. ``roll`` > 0: clockwise in the picture.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    dx: float = 0.0
    dy: float = 0.0


class Motion(Protocol):
    """A script: the pose at ``t`` seconds after the first frame."""

    def __call__(self, t: float) -> Pose:
        """Return the pose."""
        ...


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


class Turn:
    """From frontal out to ``degrees`` and back, on top of the sway."""

    def __init__(self, *, degrees: float, sway: Sway) -> None:
        """Take ``degrees`` > 0 for the person's own left."""
        self._degrees = degrees
        self._sway = sway

    def __call__(self, t: float) -> Pose:
        """Return the pose at ``t`` seconds; motion starts 0.4 s after the first frame."""
        out = _smooth((t - _LEAD_S) / _OUT_S)
        back = _smooth((t - _LEAD_S - _OUT_S - _HOLD_S) / _BACK_S)
        part = out - back
        rest = self._sway(t)
        return Pose(
            yaw=rest.yaw + self._degrees * part,
            pitch=rest.pitch + _CHIN * abs(self._degrees) * part,
            roll=rest.roll + _TILT * self._degrees * part,
            dx=rest.dx,
            dy=rest.dy,
        )


def _smooth(part: float) -> float:
    """Ease in and out between 0 and 1, as muscles do."""
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)
