"""The phone's clock against ours: what uploads prove about their difference.

Nothing arrives before it was filmed, and nothing of a step is filmed before its reveal. Each upload
therefore bounds `our clock - the phone's` from above, each reveal from below. A clock that runs
fast or slow lets the two bounds cross; a slow network only drives them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import copysign

from verify.policy.protocol import ProtocolPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One comparison of the two clocks, milliseconds."""

    t_ms: int
    """The phone's clock."""
    offset_ms: int
    """By how much ours was ahead of it: more than true for an arrival, less for a reveal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What a session has shown so far."""

    most: Reading = Reading(t_ms=0, offset_ms=2**62)
    """The upload that bounds the difference from above."""
    least: Reading = Reading(t_ms=0, offset_ms=-(2**62))
    """The reveal that bounds it from below."""
    early: tuple[Reading, ...] = ()
    """The session's first uploads."""
    late: tuple[Reading, ...] = ()
    """Its latest ones after these."""
    opening: Reading | None = None
    """The first step's reveal."""
    latest: Reading | None = None
    """The latest step's."""

    def arrived(self, upload: Reading, policy: ProtocolPolicy) -> "Clocks":
        """Take in an arrival minus its last capture time."""
        most = min(self.most, upload, key=_offset)
        if len(self.early) < policy.clock_arrivals:
            return replace(self, most=most, early=(*self.early, upload))
        return replace(self, most=most, late=(*self.late, upload)[-policy.clock_arrivals :])

    def revealed(self, step: Reading) -> "Clocks":
        """Take in a step's reveal minus its first capture time; once a part does no harm."""
        least = max(self.least, step, key=_offset)
        return replace(self, least=least, opening=self.opening or step, latest=step)

    def allow(self, step: Reading, policy: ProtocolPolicy) -> bool:
        """Return whether something filmed at `step.t_ms` can have followed that reveal."""
        drift = policy.clock_slope * abs(step.t_ms - self.most.t_ms)
        return step.offset_ms <= self.most.offset_ms + drift

    def steady(self, policy: ProtocolPolicy) -> bool:
        """Return whether the two clocks can have run alike.

        1. The bounds have not crossed.
        2. From the first steps to the latest, uploads and reveals do not both show the same drift,
           beyond a little jitter and some of the room between the bounds, which is wide where the
           network is slow. Of uploads, the quickest count. A network that grows slower moves the
           two against each other, a clock that runs slow moves both alike.
        """
        # 1
        if not self.allow(self.least, policy):
            return False
        # 2
        if len(self.late) < policy.clock_arrivals or not (self.opening and self.latest):
            return True
        slope = policy.clock_slope
        uploads = _drift(_quickest(self.early), _quickest(self.late), slope=slope)
        reveals = _drift(self.opening, self.latest, slope=slope)
        room = policy.clock_room * max(0, self.most.offset_ms - self.least.offset_ms)
        shown = min(abs(uploads), abs(reveals))
        return uploads * reveals <= 0 or shown <= max(policy.clock_jitter_ms, room)


def _drift(before: Reading, after: Reading, *, slope: float) -> float:
    """Return by how many milliseconds the difference moved more than the slope allows."""
    moved = after.offset_ms - before.offset_ms
    return copysign(max(0.0, abs(moved) - slope * abs(after.t_ms - before.t_ms)), moved)


def _quickest(uploads: Sequence[Reading]) -> Reading:
    return min(uploads, key=_offset)


def _offset(reading: Reading) -> int:
    return reading.offset_ms
