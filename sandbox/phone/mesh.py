"""Names for the landmark net's 468 points."""

from dataclasses import dataclass

WHOLE_FACE = 468
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288),
    *(397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136),
    *(172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""The face's outline from the middle of the forehead down the person's left and up the right."""
LIPS = (
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 408, 304, 303, 302, 11, 72, 73, 74, 184),
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 407, 272, 271, 268, 12, 38, 41, 42, 183),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
)
"""Four rings from outside in: right corner, nine below, left corner, nine above."""
INNER_LIPS = LIPS[-1]
MIDLINE = (10, 152)
"""The face's highest and lowest point."""
CHEEKS = (454, 234)
"""The widest points, the person's left and right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """Points of one eye; of four that lie above each other the first is the lid's crease."""

    crease: tuple[int, ...]
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    below: tuple[int, ...]
    """On bare skin between the lower lid and the cheek, above a pair of glasses' lower rim."""
    corners: tuple[int, int]

    @property
    def ring(self) -> tuple[int, ...]:
        """The eye's opening, in order around it."""
        outer, inner = self.corners
        return (outer, *self.upper, inner, *reversed(self.lower))


RIGHT = Eye(
    crease=(247, 30, 29, 27, 28, 56, 190),
    upper=(246, 161, 160, 159, 158, 157, 173),
    lower=(7, 163, 144, 145, 153, 154, 155),
    below=(31, 228, 229, 230, 231, 232, 233),
    corners=(33, 133),
)
LEFT = Eye(
    crease=(467, 260, 259, 257, 258, 286, 414),
    upper=(466, 388, 387, 386, 385, 384, 398),
    lower=(249, 390, 373, 374, 380, 381, 382),
    below=(261, 448, 449, 450, 451, 452, 453),
    corners=(263, 362),
)
EYES = (RIGHT, LEFT)
"""The person's right and left."""
