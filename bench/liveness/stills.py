"""Pictures made of numbers: the protocol looks at bytes, times and coarse traces, not at faces."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from verify.results import (
    Box,
    Embedding,
    FaceMeasurement,
    FrameMeasurement,
    QualityReason,
)

WIDTH, HEIGHT = 480, 640
_LAYOUT = struct.Struct(">QQ4hB")
_SIDE = 24
_SPREAD = 40  # grey levels between the darkest and the brightest cell of a thumbnail
_ONE = Embedding(sface=np.eye(1, 128, dtype="<f4").tobytes(), dlib=bytes(512))
_REASONS = {0: (QualityReason.NO_FACE,), 2: (QualityReason.TWO_FACES,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """What a frame shows."""

    look: int
    """Two frames with the same look show the same moment."""
    copy: int = 0
    """And with another copy of it they were encoded anew; an odd one has fresh noise, too."""
    x: int = 120
    y: int = 160
    width: int = 240
    height: int = 320
    faces: int = 1

    def jpeg(self) -> bytes:
        """Return the file."""
        body = _LAYOUT.pack(
            self.look, self.copy, self.x, self.y, self.width, self.height, self.faces
        )
        return b"\xff\xd8" + body + b"\xff\xd9"


@lru_cache(maxsize=200_000)
def measured(jpeg: bytes) -> FrameMeasurement:
    """Return what a worker would say of a file made by `Still.jpeg`."""
    look, copy, x, y, width, height, faces = _LAYOUT.unpack(jpeg[2:-2])
    thumb = _bytes(look, _SIDE * _SIDE) % _SPREAD
    noise = _bytes(look ^ copy, _SIDE * _SIDE) < (10 if copy % 2 else 0)
    face = FaceMeasurement(
        box=Box(x=x, y=y, width=width, height=height),
        confidence=1.0,
        eye_distance=width / 2.2,
        yaw=0.0,
        pitch=0.0,
        roll=0.0,
        nose=None,
        mesh=b"",
        luma=120.0,
        sharpness=100.0,
    )
    return FrameMeasurement(
        width=WIDTH,
        height=HEIGHT,
        faces=faces,
        face=face if faces else None,
        reasons=_REASONS.get(faces, ()),
        digest=hashlib.sha256(jpeg).digest()[:16],
        phash=hashlib.sha256(b"%d" % look).digest(),
        thumb=np.asarray(100 + thumb + noise, np.uint8).tobytes(),
    )


def described(
    frames: Sequence[FrameMeasurement], places: Sequence[int]
) -> tuple[FrameMeasurement, ...]:
    """Describe the frames at these places that show a face."""
    told = list(frames)
    for index in places:
        face = told[index].face
        if face is not None:
            told[index] = replace(told[index], face=replace(face, embedding=_ONE))
    return tuple(told)


def _bytes(seed: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(hashlib.shake_128(b"%d" % seed).digest(count), np.uint8)
