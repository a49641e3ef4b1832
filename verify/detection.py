"""Where the faces are (YuNet), and whether there is exactly one that matters."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.decoding import Pixels, fit
from verify.policy import QualityPolicy
from verify.results import Box

_ROW = 15
_NMS = 0.3
_TOP_K = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One face box."""

    box: Box
    """Pixels of the picture that was given."""
    points: NDArray[np.float32]
    """5 × 2: the person's right eye, left eye, nose tip, right and left corner of the mouth."""
    score: float
    """0..1."""


class Detector:
    """YuNet 2023mar. One per thread: two threads on one object receive each other's faces."""

    def __init__(self, *, model: bytes, policy: QualityPolicy) -> None:
        """Load the net from the bytes of its ONNX file."""
        self._policy = policy
        self._net = cv2.FaceDetectorYN.create(
            "onnx",
            np.frombuffer(model, np.uint8),
            np.empty(0, np.uint8),
            (320, 320),
            min(policy.detector_score, 1.0),
            _NMS,
            _TOP_K,
        )

    def detect(self, pixels: Pixels, *, side: int) -> tuple[Detection, ...]:
        """Return all faces, largest first, found on a copy with longest side `side`.

        At 320 pixels one pass costs 4–8 ms on one core and finds faces from about 25 pixels.
        """
        small = fit(pixels, side)
        scale = pixels.shape[1] / small.shape[1]
        self._net.setInputSize((small.shape[1], small.shape[0]))
        # Published as an array, but nothing found is None.
        rows: Iterable[NDArray[np.float32]] | None = self._net.detect(small)[1]
        found = (_detection(row * scale, float(row[-1])) for row in (() if rows is None else rows))
        return tuple(sorted(found, key=lambda face: -face.box.area))

    def prominent(self, faces: tuple[Detection, ...]) -> tuple[Detection, ...]:
        """Return the largest face and those that rival it.

        YuNet also finds people in the background (22 % of the photographs of LFW), so a second
        face counts only when it is both sure and of comparable size.
        """
        if not faces:
            return ()
        least = faces[0].box.height * self._policy.rival_size
        rivals = (f for f in faces[1:] if f.score >= self._policy.rival_score)
        return (faces[0], *(f for f in rivals if f.box.height >= least))


def _detection(row: NDArray[np.float32], score: float) -> Detection:
    x, y, width, height = (float(value) for value in row[:4])
    points = row[4 : _ROW - 1].reshape(5, 2)
    return Detection(box=Box(x=x, y=y, width=width, height=height), points=points, score=score)
