"""The light challenge's code: which pictures the screen shows, safe for photosensitive people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

Item = TypeVar("Item")


class Pattern(StrEnum):
    """How a picture is divided."""

    FULL = "full"
    LEFT_RIGHT = "left_right"
    """Left and right as the person sees them who looks at the screen."""
    TOP_BOTTOM = "top_bottom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One picture on the screen."""

    pattern: Pattern
    first: str
    """#rrggbb (sRGB) of the left or upper half, or of the whole screen."""
    second: str
    """#rrggbb of the other half; the same for the whole screen."""

    def public(self) -> dict[str, str]:
        """Return what the phone is told."""
        return {"pattern": self.pattern.value, "first": self.first, "second": self.second}


WHITE, BLACK = "#ffffff", "#000000"
PALETTE = ("#ff6e6e", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff")
"""Six colours. The red is mixed with white until it is no saturated red in the sense of WCAG 2.3.1
(R / (R + G + B) < 0.8 in linear light)."""
_HALVES = (Pattern.LEFT_RIGHT, Pattern.LEFT_RIGHT, Pattern.TOP_BOTTOM, Pattern.TOP_BOTTOM)
_LINEAR_BELOW = 0.04045
_FIXED = 2 + len(_HALVES)


def draw_code(count: int, *, randbelow: Callable[[int], int]) -> tuple[Segment, ...]:
    """Draw pictures: one white, one black, two left/right, two top/bottom, the rest one colour.

    Halves show a colour beside black, each of the two ways round once. No picture follows its own
    colour, so that every change can be seen.

    Args:
        count: 0, or at least 6.
        randbelow: `secrets.randbelow`.

    Raises:
        ValueError: Too few pictures to hold all patterns.
    """
    if not count:
        return ()
    if count < _FIXED:
        message = "a light code needs six pictures or none"
        raise ValueError(message)
    while True:
        code = tuple(shuffled(_pictures(count, randbelow), randbelow))
        if all(a != b for a, b in pairwise(code)):
            return code


def linear(colour: str) -> tuple[float, float, float]:
    """Return a colour's linear light, 0..1: blue, green, red (IEC 61966-2-1)."""
    red, green, blue = (_decoded(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return blue, green, red


def shuffled(items: Sequence[Item], randbelow: Callable[[int], int]) -> list[Item]:
    """Return a fair permutation (Fisher and Yates)."""
    mixed = list(items)
    for last in range(len(mixed) - 1, 0, -1):
        at = randbelow(last + 1)
        mixed[at], mixed[last] = mixed[last], mixed[at]
    return mixed


def _decoded(value: float) -> float:
    return value / 12.92 if value <= _LINEAR_BELOW else ((value + 0.055) / 1.055) ** 2.4


def _pictures(count: int, randbelow: Callable[[int], int]) -> list[Segment]:
    def colour() -> str:
        return PALETTE[randbelow(len(PALETTE))]

    plain = [WHITE, BLACK, *(colour() for _ in range(count - _FIXED))]
    pictures = [Segment(pattern=Pattern.FULL, first=one, second=one) for one in plain]
    for place, pattern in enumerate(_HALVES):
        lit = colour()
        first, second = (lit, BLACK) if place % 2 else (BLACK, lit)
        pictures.append(Segment(pattern=pattern, first=first, second=second))
    return pictures
