"""Frame edges: a hand-held sheet or screen ends in straight lines on two sides of the head."""

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.decoding import Pixels
from verify.results import Box

_HEIGHT = 120
"""Pixels of the face on the copy that is searched."""
_SLANT = 0.35
"""Tangent up to which a line counts as upright or level."""
_VOTES = 40
_GAP = 6
_LEAST = 0.35
"""Heights of the face; shorter lines are collars and shoulders."""
_CLEAR = 0.08
"""Heights of the face around its box in which no line counts: hair, ears, jaw."""


def frame_edge(gray: Pixels, face: Box) -> float:
    """Return the length of straight edges around the head, in heights of the face box.

    Of each of four sides the longest line counts, and of those the second longest is the answer:
    a door post or a horizon is on one side, a sheet or a screen ends on two. Costs 2..4 ms.

    Args:
        gray: The picture's brightness.
        face: Where the face is.
    """
    scale = _HEIGHT / max(8.0, face.height)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = cv2.Canny(small, 40, 120)
    found = cv2.HoughLinesP(
        edges, 1, np.pi / 180, _VOTES, minLineLength=_LEAST * _HEIGHT, maxLineGap=_GAP
    )
    # Published as an array, but nothing found is None.
    lines = np.reshape([] if found is None else found, (-1, 4)) / scale
    longest = [max(lengths, default=0.0) for lengths in _sides(lines, face)]
    return sorted(longest)[-2] / max(8.0, face.height)


def _sides(lines: NDArray[np.float64], face: Box) -> tuple[list[float], ...]:
    """Return the lengths of the lines left of, right of, above and below the face."""
    clear = _CLEAR * face.height
    left, right, above, below = ([], [], [], [])
    for x1, y1, x2, y2 in lines.tolist():
        across, down = abs(x2 - x1), abs(y2 - y1)
        length = float(np.hypot(across, down))
        if across <= _SLANT * down:
            if max(x1, x2) < face.x - clear:
                left.append(length)
            elif min(x1, x2) > face.x + face.width + clear:
                right.append(length)
        elif down <= _SLANT * across:
            if max(y1, y2) < face.y - clear:
                above.append(length)
            elif min(y1, y2) > face.y + face.height + clear:
                below.append(length)
    return left, right, above, below
