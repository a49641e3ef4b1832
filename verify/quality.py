"""Whether a face is lit, sharp, whole and large enough to be measured."""

from dataclasses import dataclass

import cv2
import numpy as np

from verify.decoding import Pixels
from verify.policy.quality import QualityPolicy
from verify.results import Box, FaceMeasurement, QualityReason

_CHIP = 112
_INNER = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Figures of the skin, taken on the inner part of the face box."""

    luma: float
    sharpness: float


def light(pixels: Pixels, box: Box) -> Light:
    """Measure brightness and sharpness of the face (fields of `FaceMeasurement`)."""
    inner = _inner(pixels, box)
    gray = cv2.cvtColor(inner, cv2.COLOR_BGR2GRAY)
    chip = cv2.resize(gray, (_CHIP, _CHIP), interpolation=cv2.INTER_AREA)
    _, spread = cv2.meanStdDev(cv2.Laplacian(chip, cv2.CV_16S))
    return Light(luma=float(np.median(chip)), sharpness=float(spread[0, 0] ** 2))


def reasons(
    face: FaceMeasurement | None,
    *,
    faces: int,
    size: tuple[int, int],
    policy: QualityPolicy,
) -> tuple[QualityReason, ...]:
    """Return all that is wrong; nothing is good.

    Args:
        face: The largest face, if any.
        faces: How many prominent ones there are.
        size: Width and height of the picture.
        policy: Limits; the empty policy finds fault with everything.
    """
    if face is None or face.confidence < policy.mesh_score:
        return (QualityReason.NO_FACE,)
    width, height = size
    box = face.box
    faults = {
        QualityReason.TWO_FACES: faces > 1,
        QualityReason.FACE_TOO_SMALL: face.eye_distance < policy.min_eye_distance,
        QualityReason.FACE_TOO_LARGE: box.width > policy.max_width * width,
        QualityReason.CUT_OFF: not _inside(box, width, height),
        QualityReason.TOO_DARK: face.luma < policy.min_luma,
        QualityReason.TOO_BRIGHT: face.luma > policy.max_luma,
        QualityReason.BLURRED: face.sharpness < policy.min_sharpness,
    }
    return tuple(reason for reason, faulty in faults.items() if faulty)


def posture(face: FaceMeasurement | None, *, policy: QualityPolicy) -> tuple[QualityReason, ...]:
    """Return TURNED_AWAY when a reference photograph does not look at the camera."""
    if face is None:
        return (QualityReason.NO_FACE,)
    turned = abs(face.yaw) > policy.max_yaw or abs(face.pitch) > policy.max_pitch
    return (QualityReason.TURNED_AWAY,) if turned else ()


def _inside(box: Box, width: int, height: int) -> bool:
    across = box.x >= 0 and box.x + box.width <= width
    return across and box.y >= 0 and box.y + box.height <= height


def _inner(pixels: Pixels, box: Box) -> Pixels:
    height, width = pixels.shape[:2]
    margin = (1 - _INNER) / 2
    left = min(max(0, round(box.x + box.width * margin)), width - 1)
    top = min(max(0, round(box.y + box.height * margin)), height - 1)
    right = max(left + 1, round(box.x + box.width * (1 - margin)))
    bottom = max(top + 1, round(box.y + box.height * (1 - margin)))
    return np.ascontiguousarray(pixels[top:bottom, left:right])
