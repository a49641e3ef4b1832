"""The camera chip: noise, auto-exposure, white balance, tone curve, JPEG."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.landmarks import Picture

QUALITY = 85
"""Of the JPEG files, as phones make them."""
_MARGIN = 97  # the noise field is this much larger than a frame, and cut anew for each
_GREY = 255
_SCENE_GAMMA = 2.2  # of the pictures that arrive
_BREATH = 0.006  # relative wander of the gain between frames
_METER = 16  # every so many pixels either way are metered
_LEAST = 1e-3  # linear light below which nothing is metered
_FACE = (0.23, 0.69), (0.28, 0.72)  # rows and columns where a phone expects a face, shares
_BRIGHT, _BRIGHTEST = 98.0, 225  # percentile there, and the file's value it is kept below

_GAMMAS = (2.0, 2.4)
_TARGETS = (0.13, 0.19)  # linear mean the exposure tends to: grey level 101–120
_EXPOSURE_S, _EXPOSURE_LIMIT = (0.3, 1.5), 1.2  # time constant; natural log of the most gain
_BALANCE_S, _BALANCE = (3.0, 8.0), 0.35  # and how far towards grey the white balance goes
_SHOT, _READ = (1.4, 2.4), (0.10, 0.25)  # standard deviations, grey levels, at white
_MOST_NOISE = 4.0  # in the dark, relative to white


class Sensor:
    """Turns clean pictures into JPEG files, no two of them alike.

    Exposure and white balance follow the scene by first-order loops, as in every phone: a screen
    that turns white is answered within a second or so by a darker exposure. As cameras that look
    for faces do, it gives up the mean of the picture rather than the lights of the face.
    """

    def __init__(
        self, *, rng: np.random.Generator, width: int, height: int, quality: int = QUALITY
    ) -> None:
        """Draw one camera: its speed, its curve, and one large field of noise."""
        self._rng = rng
        self._size = (width, height)
        self._quality = quality
        self._gamma = float(rng.uniform(*_GAMMAS))
        self._target = float(np.log(rng.uniform(*_TARGETS)))
        self._ceiling = self._gamma * float(np.log(_BRIGHTEST / _GREY))
        self._exposure_s = float(rng.uniform(*_EXPOSURE_S))
        self._balance_s = float(rng.uniform(*_BALANCE_S))
        field = rng.standard_normal((height + _MARGIN, width + _MARGIN, 3), np.float32)
        self._noise = field * np.float32(rng.uniform(*_SHOT))
        self._grain = _grain(float(rng.uniform(*_READ)))
        self._exposure = 0.0
        self._balance = np.zeros(3)
        self._last: float | None = None

    def jpeg(self, picture: Picture, t: float) -> bytes:
        """Expose one frame at ``t`` seconds and return it as a baseline JPEG.

        Raises:
            ValueError: the frame could not be encoded.
        """
        self._adapt(picture, t)
        width, height = self._size
        x, y = self._rng.integers(0, _MARGIN, 2).tolist()
        noise = cv2.multiply(
            self._noise[y : y + height, x : x + width], cv2.LUT(picture, self._grain)
        )
        noisy = cv2.add(picture, noise, dtype=cv2.CV_8U)
        done, data = cv2.imencode(
            ".jpg", cv2.LUT(noisy, self._curve()), (cv2.IMWRITE_JPEG_QUALITY, self._quality)
        )
        if not done:
            message = "the frame could not be encoded"
            raise ValueError(message)
        return data.tobytes()

    def _adapt(self, picture: Picture, t: float) -> None:
        """Let exposure and balance follow the scene; the first frame finds them settled."""
        grid = (picture[::_METER, ::_METER] / _GREY) ** _SCENE_GAMMA
        metered = grid.reshape(-1, 3)
        light = np.log(np.maximum(metered.mean(axis=0), _LEAST))
        luma = float(np.log(np.maximum(metered.mean(), _LEAST)))
        wanted = min(self._target - luma, self._ceiling - self._brightest(grid))
        wanted = float(np.clip(wanted, -_EXPOSURE_LIMIT, _EXPOSURE_LIMIT))
        if self._last is None:
            self._exposure = wanted
        else:
            passed = max(0.0, t - self._last)
            self._exposure += (wanted - self._exposure) * _part(passed, self._exposure_s)
            way = _BALANCE * (luma - light) - self._balance
            self._balance += way * _part(passed, self._balance_s)
        self._last = t

    def _brightest(self, grid: NDArray[np.float64]) -> float:
        """Return the log of the light a face's brightest channel must keep its drawing at."""
        rows, columns = (
            slice(*(round(share * length) for share in part))
            for part, length in zip(_FACE, grid.shape, strict=False)
        )
        lights = np.percentile(grid[rows, columns].max(axis=2), _BRIGHT)
        return float(np.log(max(lights, _LEAST)) + self._balance.max())

    def _curve(self) -> NDArray[np.uint8]:
        """Return the table from scene to file values, 1 × 256 × 3."""
        breath = _BREATH * float(self._rng.normal())
        gain = np.exp(self._exposure + self._balance + breath)
        linear = (np.arange(_GREY + 1) / _GREY)[:, None] ** _SCENE_GAMMA * gain
        values = _GREY * np.minimum(1, linear) ** (1 / self._gamma)
        return np.round(values).astype(np.uint8)[None]


def _grain(read: float) -> NDArray[np.float32]:
    """Return how noise grows toward the dark: a table of 256, 1 at white but for the read noise.

    After the tone curve the light's own (shot) noise is nearly the same everywhere, while the
    chip's (read) noise grows as the curve's slope.
    """
    value = np.maximum(np.arange(_GREY + 1), 1) / _GREY
    slope = value ** (1 - _SCENE_GAMMA)
    return np.asarray(np.minimum(np.hypot(1, read * slope), _MOST_NOISE), np.float32)


def _part(passed: float, constant: float) -> float:
    """Return which part of the way a first-order loop goes in some time, both seconds."""
    return 1 - float(np.exp(-passed / constant))
