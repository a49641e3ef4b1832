"""Two descriptors of a face: SFace, and dlib's ResNet through `face_recognition`.

Importing this module loads dlib's models (a second, 100 MB), so only face workers do.
"""

import cv2
import face_recognition
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from verify.decoding import Pixels
from verify.detection import Detection
from verify.results import Box, Embedding

# face_recognition makes Pillow take damaged pictures for good in the whole process; undo that.
ImageFile.LOAD_TRUNCATED_IMAGES = False


class Embedder:
    """SFace 2021dec and dlib. One per thread: two threads receive each other's descriptors.

    dlib's net is the package's own, one for the process: it holds the interpreter's lock from
    beginning to end, so threads take turns at it.

    SFace's weights are dequantised when it is loaded, not with each face: 34 of its 37 ms are 1.1
    thousand million multiplications in floating point.
    """

    def __init__(self, *, model: bytes) -> None:
        """Load SFace from the bytes of its ONNX file."""
        self._sface = cv2.FaceRecognizerSF.create(
            "onnx",
            np.frombuffer(model, np.uint8),
            np.empty(0, np.uint8),
        )

    def embed(self, pixels: Pixels, face: Detection, *, dlib: bool) -> Embedding:
        """Describe one face: 31–37 ms for SFace and 95–115 ms for dlib on one core.

        dlib gets YuNet's own box: on 22 pairs and 798 cross pairs of official portraits seven
        ways of squaring it changed the largest impostor score by 0.005 at most.

        Args:
            pixels: The picture.
            face: Where the face is.
            dlib: Whether dlib describes it too; its descriptor is empty otherwise.
        """
        return Embedding(
            sface=self._describe(pixels, face).astype("<f4").tobytes(),
            dlib=_dlib(pixels, face.box).astype("<f4").tobytes() if dlib else b"",
        )

    def _describe(self, pixels: Pixels, face: Detection) -> NDArray[np.float64]:
        box = face.box
        row = np.hstack([[box.x, box.y, box.width, box.height], face.points.ravel(), [1.0]])
        chip = self._sface.alignCrop(pixels, row.astype(np.float32))
        found = np.asarray(self._sface.feature(chip), np.float64).ravel()
        return found / max(float(np.linalg.norm(found)), 1e-9)


def _dlib(pixels: Pixels, box: Box) -> NDArray[np.float64]:
    rgb = np.ascontiguousarray(pixels[:, :, ::-1])
    place = (box.y, box.x + box.width, box.y + box.height, box.x)
    (found,) = face_recognition.face_encodings(
        rgb,
        known_face_locations=[tuple(round(edge) for edge in place)],
        model="small",
    )
    return np.asarray(found, np.float64)
