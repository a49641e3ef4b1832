"""Something flat or bent before the camera, in the face's place, held by a hand."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.attacks.materials import Material
from sandbox.phone.attacks.sheet import Cut, Sheet, seen_through
from sandbox.phone.head import Head
from sandbox.phone.landmarks import Picture
from sandbox.phone.lighting import brightened, in_values, wall_share
from sandbox.phone.pose import Pose
from sandbox.phone.rendering import Subject, shifted
from sandbox.phone.setting import Setting
from sandbox.phone.shine import DARK, Shine

Content = Callable[[Pose], Cut]
"""What the sheet shows while it is asked for a pose; most show the same for ever."""


class Wall:
    """A plain room behind, lit by the inverse square of its distance."""

    def __init__(self, head: Head, setting: Setting) -> None:
        """Take the colours of the portrait's own room."""
        soft = cv2.GaussianBlur(head.picture, (0, 0), 40)
        self._picture = np.asarray(cv2.convertScaleAbs(soft, alpha=0.5, beta=60), np.uint8)
        self._setting = setting

    def picture(self, pose: Pose, shine: Shine = DARK) -> Picture:
        """Return the wall; it does not move."""
        del pose
        gains = self._setting.ratio * wall_share(self._setting) * shine.mean
        factor = np.broadcast_to(in_values(gains, self._setting).reshape(3), (8, 8, 3))
        return brightened(self._picture, np.ascontiguousarray(factor))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How a hand moves a sheet where a person would move the head."""

    swing: float = 1.3
    """It turns further."""
    wobble: float = 2.0
    """Standard deviation of its unsteadiness, degrees."""
    tilt: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How it is held all the time: yaw, pitch, roll, degrees."""
    approach: float = 1.0
    """It comes nearer as a person would, or as far of it."""
    away: float = 0.0
    """Farther from the camera than a face would be, as a share of the distance."""

    def moved(self, pose: Pose, shake: NDArray[np.float64]) -> Pose:
        """Return where the sheet is; ``shake`` is three standard normal values."""
        yaw, pitch, roll = (np.asarray(self.tilt) + self.wobble * shake).tolist()
        return replace(
            pose,
            yaw=self.swing * pose.yaw + yaw,
            pitch=self.swing * pose.pitch + pitch,
            roll=min(1.0, self.swing) * pose.roll + roll,
            nearer=self.approach * pose.nearer - self.away,
        )


class SheetSubject:
    """A sheet before whatever is behind it."""

    def __init__(
        self,
        content: Content,
        *,
        sheet: Sheet,
        material: Material,
        behind: Subject,
        hand: Hand,
        rng: np.random.Generator,
    ) -> None:
        """Take what it shows, its shape, what it is made of, and how it is held."""
        self._content = content
        self._sheet = sheet
        self._material = material
        self._behind = behind
        self._hand = hand
        self._shaking = Shaking(rng)

    def picture(self, pose: Pose, shine: Shine = DARK) -> Picture:
        """Return the frame."""
        sight = self._sheet.seen(self._hand.moved(pose, self._shaking()))
        shown, inside = seen_through(sight, self._content(pose))
        lit = self._material.lit(shown, sight, shine)
        behind = self._behind.picture(replace(pose, dx=0.0, dy=0.0), shine)
        return shifted(np.where(inside[..., None], lit, behind).astype(np.uint8), pose)


class Shaking:
    """A hand's slow unsteadiness: three values of standard deviation 1 that wander."""

    _KEEPS = 0.92  # from frame to frame

    def __init__(self, rng: np.random.Generator) -> None:
        """Start anywhere."""
        self._rng = rng
        self._now = rng.normal(size=3)

    def __call__(self) -> NDArray[np.float64]:
        """Return the next frame's."""
        fresh = self._rng.normal(size=3)
        self._now = self._KEEPS * self._now + np.sqrt(1 - self._KEEPS**2) * fresh
        return self._now
