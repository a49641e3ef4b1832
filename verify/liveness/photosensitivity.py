"""Are pictures shown one after the other safe for photosensitive people?

By WCAG 2.2, success criterion 2.3.1. Written so that the page on the phone can do the same in a few
lines and refuse an unsafe order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from verify.liveness.lightcode import Segment, linear

MOST_FLASHES = 3
"""In any one second, of either sort (WCAG 2.2, success criterion 2.3.1)."""
_CHANGE = 0.1
"""Of the greatest relative luminance: less is no flash …"""
_DARKER = 0.8
"""… and neither is a change between two pictures that are both brighter than this."""
_RED_SHARE = 0.8
"""R / (R + G + B) of a saturated red."""
_RED_CHANGE = 20.0
"""Between the two pictures of a red flash: difference of 320 · (R − G − B), negatives as 0."""
_RED_SCALE = 320.0
_SECOND_MS = 1000

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flashes:
    """The most within any second, over both halves of the screen."""

    general: float
    """Pairs of opposing changes of relative luminance."""
    red: float
    """Pairs of opposing changes to or from a saturated red."""

    @property
    def safe(self) -> bool:
        """Whether neither sort comes too often."""
        return max(self.general, self.red) <= MOST_FLASHES


def flashes_of(segments: Sequence[Segment], *, segment_ms: int) -> Flashes:
    """Count the flashes of pictures of `segment_ms` each; a quarter of the screen is what counts.

    The quadrants see the picture's first or second colour; the worst one answers.
    """
    # A second that begins just before a change holds one more than fit between its ends.
    window = _SECOND_MS // max(1, segment_ms) + 1
    quadrants = [_quadrant(segments, place) for place in range(4)]
    return Flashes(
        general=max(
            _most([_general(*pair) for pair in pairwise(seen)], window) for seen in quadrants
        ),
        red=max(_most([_red(*pair) for pair in pairwise(seen)], window) for seen in quadrants),
    )


def luminance(colour: Colour) -> float:
    """Return the relative luminance of linear blue, green and red, 0..1."""
    blue, green, red = colour
    return 0.0722 * blue + 0.7152 * green + 0.2126 * red


def _quadrant(segments: Sequence[Segment], place: int) -> list[Colour]:
    """Return what a quadrant shows: 0, 1 the upper ones from the left, 2, 3 the lower ones."""
    second = {
        "full": False,
        "left_right": place % 2 == 1,
        "top_bottom": place >= 2,  # noqa: PLR2004 - the lower two
    }
    return [linear(one.second if second[one.pattern.value] else one.first) for one in segments]


def _general(one: Colour, other: Colour) -> int:
    """Return the way of a change that can be half a flash: +1 brighter, −1 darker, 0 none."""
    before, after = luminance(one), luminance(other)
    if abs(after - before) < _CHANGE or min(before, after) >= _DARKER:
        return 0
    return 1 if after > before else -1


def _red(one: Colour, other: Colour) -> int:
    """Return the way of a change to or from a saturated red: +1 redder, −1 less red, 0 none."""
    before, after = _redness(one), _redness(other)
    if not (_saturated(one) or _saturated(other)) or abs(after - before) <= _RED_CHANGE:
        return 0
    return 1 if after > before else -1


def _redness(colour: Colour) -> float:
    blue, green, red = colour
    return max(0.0, _RED_SCALE * (red - green - blue))


def _saturated(colour: Colour) -> bool:
    whole = sum(colour)
    return whole > 0 and colour[2] / whole >= _RED_SHARE


def _most(ways: Sequence[int], window: int) -> float:
    """Return the most flashes in any `window` changes: two that oppose each other make one."""
    return max((_opposing(ways[at : at + window]) / 2 for at in range(len(ways))), default=0.0)


def _opposing(ways: Sequence[int]) -> int:
    """Return how many changes alternate: up, down, up counts three."""
    count, last = 0, 0
    for way in ways:
        if way and way != last:
            count, last = count + 1, way
    return count
