"""The frames that are described: taken as they go by, so that no other one's pixels are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from verify.decoding import Pixels
from verify.tracking import Look

_ASIDE = 25.0
"""Degrees off the camera from which a face is described badly: cosines of one person's frames fall
from 0.75 at 20 to 0.49 at 42 (four clips of real heads)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A frame that may be described."""

    index: int
    pixels: Pixels
    look: Look


class Picks:
    """For each place the first frame from there on that shows a face well enough.

    Where none does until the end, the most frontal frame stands in.
    """

    def __init__(self, places: Sequence[int]) -> None:
        """Take the places, rising."""
        self._due = sorted(places)
        self._taken: list[Sight] = []
        self._best: Sight | None = None

    def offer(self, sight: Sight) -> None:
        """Look at the next frame."""
        if not self._due or sight.look.mesh is None:
            return
        if self._best is None or sight.look.yaw < self._best.look.yaw:
            self._best = sight
        if sight.index >= self._due[0] and sight.look.yaw <= _ASIDE:
            self._taken.append(sight)
            self._due.pop(0)

    def chosen(self) -> tuple[Sight, ...]:
        """Return the frames taken, the most frontal of all first."""
        spare = [self._best] if self._due and self._best is not None else []
        every = {sight.index: sight for sight in (*self._taken, *spare)}
        return tuple(sorted(every.values(), key=lambda sight: sight.look.yaw))
