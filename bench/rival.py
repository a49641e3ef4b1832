"""The customary way, for comparison: `face_recognition` on each frame, in one process.

It finds the face with HOG and computes one embedding a frame, as the package's own examples do. It
knows nothing of liveness; it is given the very frames of a journey's last step.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence

import face_recognition


def customary_ms(frames: Sequence[bytes]) -> float:
    """Milliseconds to find and describe the face of every frame, JPEG files."""
    begun = time.perf_counter()
    for jpeg in frames:
        image = face_recognition.load_image_file(io.BytesIO(jpeg))
        face_recognition.face_encodings(image)
    return (time.perf_counter() - begun) * 1000
