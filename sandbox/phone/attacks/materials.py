"""What a sheet is made of: how it answers light, or gives its own."""

from dataclasses import replace
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.attacks.sheet import Sight
from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.lamp import Lamp
from sandbox.phone.landmarks import Picture, Points
from sandbox.phone.lighting import COARSE, GAMMA, brightened, in_values
from sandbox.phone.projection import Lens
from sandbox.phone.setting import Setting
from sandbox.phone.shine import Shine

_EVERY = 4  # light changes slowly over a sheet
_THIN = (HEIGHT // COARSE // _EVERY, WIDTH // COARSE // _EVERY)
_LINEAR = ((np.arange(256) / 255) ** GAMMA).astype(np.float32)
_PHASES = (0.0, 1 / 3, 2 / 3)  # of a pixel: blue, green, red stripes lie side by side


class Material(Protocol):
    """A sheet's surface."""

    def lit(self, shown: Picture, sight: Sight, shine: Shine) -> Picture:
        """Return what is seen of a sheet that shows `shown`, in the room's and screen's light."""
        ...


class Arriving:
    """The screen's light on a sheet, 1 where it faces a white screen at a face's distance."""

    def __init__(self, lens: Lens, setting: Setting) -> None:
        """Take the lens of the head the sheet is in the place of."""
        self._lamp = Lamp(setting, replace(lens, pivot=np.asarray((*lens.pivot[:2], 0.0))))
        facing = np.asarray(((0.0, 0.0, -1.0),))
        self._full = float(self._lamp.arriving(np.zeros((1, 3)), facing).sum())

    def at(self, sight: Sight, shine: Shine) -> NDArray[np.float32]:
        """Return HEIGHT / COARSE × WIDTH / COARSE × 3."""
        at, normals = _thinned(sight.at), _thinned(sight.normals)
        light = self._lamp.arriving(at, normals) @ shine.quadrants.reshape(4, 3) / self._full
        thin = light.reshape(*_THIN, 3).astype(np.float32)
        coarse = cv2.resize(thin, (WIDTH // COARSE, HEIGHT // COARSE))
        return np.asarray(coarse, np.float32)


class Paper:
    """Reflects the screen's light as well as skin does, by Lambert's law and in its own shape."""

    def __init__(self, lens: Lens, setting: Setting) -> None:
        """Take where it is held and in what light."""
        self._setting = setting
        self._arriving = Arriving(lens, setting)

    def lit(self, shown: Picture, sight: Sight, shine: Shine) -> Picture:
        """Return the print in the light."""
        gains = self._setting.ratio * self._arriving.at(sight, shine)
        return brightened(shown, in_values(gains, self._setting))


class Glass:
    """A screen: gives its own light and throws back a little of ours.

    Its pixels beat with the camera's.
    """

    def __init__(
        self,
        lens: Lens,
        setting: Setting,
        *,
        brightness: float,
        haze: float,
        pitch: float,
        moire: float,
    ) -> None:
        """Take the screen's makeup.

        Args:
            lens: Where it is held.
            setting: In what light.
            brightness: Of its white, where 1 is white paper in the portrait's light.
            haze: Share of the light on it that it throws back, whatever it shows.
            pitch: Its pixels in each of the frame's.
            moire: Amplitude of what is left of their pattern.
        """
        self._setting = setting
        self._arriving = Arriving(lens, setting)
        self._brightness = brightness
        self._haze = haze
        self._pitch = pitch
        self._moire = moire

    def lit(self, shown: Picture, sight: Sight, shine: Shine) -> Picture:
        """Return the shown picture, beaten and veiled."""
        linear = cv2.LUT(shown, _LINEAR) * (self._brightness * self._pattern(sight))
        gains = 1 + self._setting.ratio * self._arriving.at(sight, shine)
        veil = self._haze * self._setting.level * gains
        linear += cv2.resize(veil, (WIDTH, HEIGHT))
        values = 255 * cv2.pow(np.minimum(linear, 1), 1 / GAMMA)
        return np.asarray(np.round(values), np.uint8)

    def _pattern(self, sight: Sight) -> NDArray[np.float32]:
        """Return the screen's stripes as the frame's pixels happen to meet them."""
        across = self._pitch * sight.columns
        down = np.cos(2 * np.pi * np.mod(self._pitch * sight.rows, 1))
        stripes = [np.cos(2 * np.pi * np.mod(across + phase, 1)) for phase in _PHASES]
        both = 0.7 * np.dstack(stripes) + 0.3 * down[..., None]
        return np.asarray(1 + self._moire * both, np.float32)


def _thinned(values: Points) -> Points:
    """Return every so many of the coarse grid's places either way."""
    grid = values.reshape(HEIGHT // COARSE, WIDTH // COARSE, 3)
    return grid[_EVERY // 2 :: _EVERY, _EVERY // 2 :: _EVERY].reshape(-1, 3)
