"""Which frames are described: chosen while they go by, so that no other one's pixels are kept."""

from dataclasses import dataclass

from verify.decoding import Pixels
from verify.tracking import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A frame that may be described."""

    index: int
    pixels: Pixels
    look: Look


class Picks:
    """The most frontal frame of each of several stretches.

    Spread over time, so that one person must be there throughout; frontal, as references are.
    """

    def __init__(self, *, frames: int, count: int) -> None:
        """Cut `frames` into `count` stretches."""
        self._frames = frames
        self._count = count
        self._best: dict[int, Sight] = {}

    def offer(self, sight: Sight) -> None:
        """Keep a frame if it is the most frontal of its stretch so far."""
        if not self._count or sight.look.mesh is None:
            return
        stretch = sight.index * self._count // self._frames
        best = self._best.get(stretch)
        if best is None or sight.look.yaw < best.look.yaw:
            self._best[stretch] = sight

    def chosen(self) -> tuple[Sight, ...]:
        """Return the best of each stretch, the most frontal of all first."""
        return tuple(sorted(self._best.values(), key=lambda sight: sight.look.yaw))
