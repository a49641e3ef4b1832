"""Animated heads fed into the phone in place of its camera: no screen shines on them.

The attacker has a good portrait and software that makes it do what is asked, at once. What the
software knows of the screen's light tells the families apart.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.attacks.scene import Scene
from sandbox.phone.head import HEIGHT, WIDTH, Head
from sandbox.phone.landmarks import Picture
from sandbox.phone.lighting import COARSE, brightened, in_values
from sandbox.phone.pose import Pose
from sandbox.phone.rendering import HeadSubject, Subject
from sandbox.phone.session import Actor
from sandbox.phone.setting import Setting
from sandbox.phone.shine import DARK, Shine

_LATE_S = (0.15, 0.40)


def virtual_camera_no_light(scene: Scene) -> Actor:
    """Inject a head that answers movements, not light."""
    return Actor(filming=scene.camera(Unlit(_animated(scene))))


def half_relit(scene: Scene) -> Actor:
    """Inject a head tinted by the mean of what the screen shows: no relief, no lag of its own."""
    subject = Tinted(
        _animated(scene),
        still=scene.victim,
        setting=scene.setting,
        everything=bool(scene.rng.random() < 1 / 2),
    )
    return Actor(filming=scene.camera(subject))


def relit_deepfake_lag(scene: Scene) -> Actor:
    """Inject a head relit in full relief, but 150–400 ms later than a real one would be."""
    late = float(scene.rng.uniform(*_LATE_S))
    setting = replace(scene.setting, display_lag_s=scene.setting.display_lag_s + late)
    return Actor(filming=scene.camera(_animated(scene), setting))


def relit_deepfake(scene: Scene) -> Actor:
    """Inject a head relit in full relief and at once: what no camera can tell from a person."""
    return Actor(filming=scene.camera(_animated(scene)))


class Unlit:
    """The software does not know that a screen should shine."""

    def __init__(self, head: Subject) -> None:
        """Take the animated head."""
        self._head = head

    def picture(self, pose: Pose, shine: Shine = DARK) -> Picture:
        """Return the head in the room's light alone."""
        del shine
        return self._head.picture(pose)


class Tinted:
    """The software tints the face by the screen's mean colour: right in time, without relief."""

    def __init__(self, head: Subject, *, still: Head, setting: Setting, everything: bool) -> None:
        """Take the animated head, where it is, and whether the room is tinted as well."""
        self._head = head
        self._setting = setting
        self._mask = _everything() if everything else _around(still)

    def picture(self, pose: Pose, shine: Shine = DARK) -> Picture:
        """Return the head with one colour laid over it."""
        gains = self._setting.ratio * self._mask * shine.mean
        unlit = in_values(np.zeros((1, 1, 3), np.float32), self._setting)
        return brightened(self._head.picture(pose), in_values(gains, self._setting) / unlit)


def _everything() -> NDArray[np.float32]:
    return np.ones((HEIGHT // COARSE, WIDTH // COARSE, 1), np.float32)


def _around(head: Head) -> NDArray[np.float32]:
    """Return a soft oval over the face's place."""
    x, y = (head.lens.pivot[:2] / COARSE).tolist()
    wide = head.lens.face_width / COARSE
    mask = np.zeros((HEIGHT // COARSE, WIDTH // COARSE), np.float32)
    size = (round(0.55 * wide), round(0.75 * wide))
    cv2.ellipse(mask, (round(x), round(y)), size, 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 5)[..., None], np.float32)


def _animated(scene: Scene) -> Subject:
    return HeadSubject(scene.victim, setting=scene.setting)
