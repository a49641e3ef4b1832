"""All traces of one frame together."""

import cv2
import numpy as np

from verify.decoding import Pixels
from verify.forensics.frame_edge import frame_edge
from verify.forensics.moire import moire
from verify.forensics.noise import noise_ratio
from verify.forensics.recompression import recompression
from verify.passive import PassiveNet
from verify.results import Box, Forensics


class Examiner:
    """Looks a frame over, in about 10 ms. One per thread, for the net's sake."""

    def __init__(self, *, passive: PassiveNet | None = None) -> None:
        """Take the operator's own net, if there is one."""
        self._passive = passive

    def look(self, pixels: Pixels, *, face: Box) -> Forensics:
        """Return what the frame shows; nothing in it rejects by itself.

        Args:
            pixels: The frame as decoded.
            face: The box around the face's mesh.
        """
        gray = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
        return Forensics(
            moire=moire(gray, face),
            noise_ratio=noise_ratio(gray, face),
            recompression=recompression(gray),
            frame_edge=frame_edge(gray, face),
            passive=None if self._passive is None else self._passive.living(pixels, face),
        )
