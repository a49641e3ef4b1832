"""Where the faces are (YuNet), and whether there is exactly one that matters."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.decoding import Pixels, fit
from verify.policy.quality import QualityPolicy
from verify.results import Box

_ROW = 15
_NMS = 0.3
_TOP_K = 50
_NEAR_SIDE = 160
_NEAR_WIDTHS = 1.8


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
        least = min(policy.detector_score, 1.0)
        # Two nets: whenever the size of its input changes, a net is laid out anew.
        self._net, self._near = (_net(model, side, least) for side in (320, _NEAR_SIDE))

    def detect(self, pixels: Pixels, *, side: int) -> tuple[Detection, ...]:
        """Return all faces, largest first, found on a copy with longest side `side`.

        At 240 pixels one pass costs 3–5 ms on one core and finds faces from about 20 pixels.
        """
        small = fit(pixels, side)
        scale = pixels.shape[1] / small.shape[1]
        self._net.setInputSize((small.shape[1], small.shape[0]))
        found = [_detection(row * scale, float(row[-1])) for row in _rows(self._net, small)]
        return tuple(sorted(found, key=lambda face: -face.box.area))

    def near(self, pixels: Pixels, box: Box) -> Detection | None:
        """Return the largest face around a place where one was just seen.

        Costs 2 ms; the nose is found as exactly as on the whole picture at 320 pixels (scatter
        about the mesh's yaw 0.013..0.027 eye distances against 0.024..0.044 on three clips).
        """
        scale = _NEAR_SIDE / max(8.0, _NEAR_WIDTHS * max(box.width, box.height))
        left = box.x + box.width / 2 - _NEAR_SIDE / (2 * scale)
        top = box.y + box.height / 2 - _NEAR_SIDE / (2 * scale)
        matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
        crop = cv2.warpAffine(pixels, matrix, (_NEAR_SIDE, _NEAR_SIDE)).astype(np.uint8, copy=False)
        move = np.tile(np.array([left, top], np.float32), 7)
        move[2:4] = 0  # width and height
        found = [
            _detection(np.append(row[:-1] / scale + move, row[-1]), float(row[-1]))
            for row in _rows(self._near, crop)
        ]
        return max(found, key=lambda face: face.box.area, default=None)

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


def _net(model: bytes, side: int, least: float) -> cv2.FaceDetectorYN:
    return cv2.FaceDetectorYN.create(
        "onnx",
        np.frombuffer(model, np.uint8),
        np.empty(0, np.uint8),
        (side, side),
        least,
        _NMS,
        _TOP_K,
    )


def _rows(net: cv2.FaceDetectorYN, pixels: Pixels) -> NDArray[np.float32]:
    # Published as an array, but nothing found is None.
    rows: NDArray[np.generic] | None = net.detect(pixels)[1]
    return np.reshape([] if rows is None else rows, (-1, _ROW)).astype(np.float32)


def _detection(row: NDArray[np.float32], score: float) -> Detection:
    x, y, width, height = (float(value) for value in row[:4])
    points = row[4 : _ROW - 1].reshape(5, 2).astype(np.float32)
    return Detection(box=Box(x=x, y=y, width=width, height=height), points=points, score=score)
