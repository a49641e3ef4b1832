"""An operator's own net that tells living faces from shown ones, by its documented contract."""

import cv2
import numpy as np

from verify.decoding import Pixels
from verify.errors import Code, ModelRefused
from verify.results import Box

_SIDE = 80
_SCALE = 2.7
_REAL = 1


class PassiveNet:
    """An ONNX net, off unless an operator names one. One per thread.

    Contract, that of MiniFASNetV2 at scale 2.7:

    * input: blue, green, red as float 0..255, 1 × 3 × 80 × 80;
    * the picture: the face box made 2.7 times as large about its middle; where it reaches beyond
      the picture it is first made smaller, then moved inside;
    * output: at least two numbers; after a softmax the second is how likely the face lives.

    Nets of this sort see paper and the rims of phones; what is injected as a file passes them, and
    they do not carry over to other cameras. So their word counts against a face more than for it.
    """

    def __init__(self, *, model: bytes) -> None:
        """Load the net from the bytes of its file and try it once.

        Raises:
            ModelRefused: MODEL_UNUSABLE: it does not keep the contract.
        """
        try:
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
            answer = self._answer(np.zeros((_SIDE, _SIDE, 3), np.uint8))
        except cv2.error as error:
            raise ModelRefused(Code.MODEL_UNUSABLE) from error
        if answer.size <= _REAL or not np.isfinite(answer).all():
            raise ModelRefused(Code.MODEL_UNUSABLE)

    def living(self, pixels: Pixels, face: Box) -> float:
        """Return how likely the face lives, 0..1."""
        answer = self._answer(_crop(pixels, face))
        likely = np.exp(answer - answer.max())
        return float(likely[_REAL] / likely.sum())

    def _answer(self, crop: Pixels) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        self._net.setInput(cv2.dnn.blobFromImage(crop, 1.0, (_SIDE, _SIDE)))
        return np.asarray(self._net.forward(), np.float64).ravel()


def _crop(pixels: Pixels, face: Box) -> Pixels:
    height, width = pixels.shape[:2]
    longest = max(1.0, face.width), max(1.0, face.height)
    scale = min(_SCALE, (width - 1) / longest[0], (height - 1) / longest[1])
    wide, high = round(longest[0] * scale), round(longest[1] * scale)
    left = min(max(0, round(face.x + face.width / 2 - wide / 2)), width - wide)
    top = min(max(0, round(face.y + face.height / 2 - high / 2)), height - high)
    return np.ascontiguousarray(pixels[top : top + max(1, high), left : left + max(1, wide)])
