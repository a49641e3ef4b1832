"""The phone's camera chip: noise, a breath of auto-exposure, JPEG."""

import cv2
import numpy as np

from sandbox.phone.landmarks import Picture

_NOISE = 2.2  # standard deviation, grey levels: an indoor picture of a phone
_EXPOSURE = 0.006  # relative wander of the gain between frames
_MARGIN = 97  # the noise field is this much larger than a frame, and cut anew for each
_QUALITY = 85


class Sensor:
    """Turns clean pictures into JPEG files, no two of them alike."""

    def __init__(self, *, rng: np.random.Generator, width: int, height: int) -> None:
        """Draw one large field of noise; frames take random windows of it."""
        self._rng = rng
        self._size = (width, height)
        field = rng.normal(0, _NOISE, (height + _MARGIN, width + _MARGIN, 3))
        self._noise = np.asarray(np.round(field), np.int16)

    def jpeg(self, picture: Picture) -> bytes:
        """Expose one frame and return it as a baseline JPEG, quality 85."""
        width, height = self._size
        x, y = self._rng.integers(0, _MARGIN, 2).tolist()
        gain = 1 + _EXPOSURE * float(self._rng.normal())
        lit = cv2.convertScaleAbs(picture, alpha=gain)
        noisy = cv2.add(lit, self._noise[y : y + height, x : x + width], dtype=cv2.CV_8U)
        done, data = cv2.imencode(".jpg", noisy, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
        if not done:
            message = "the frame could not be encoded"
            raise ValueError(message)
        return data.tobytes()
