"""One upload as it came: a whole step, or a part of one while it is filmed."""

from dataclasses import dataclass

from verify.liveness.challenge import Step
from verify.liveness.clocks import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameEntry:
    """One line of the phone's manifest."""

    seq: int
    """Through the whole session, from 0."""
    t_ms: int
    """The phone's monotonic clock at capture."""
    digest: bytes
    """The claimed link of the chain, 32 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTiming:
    """Our clock, milliseconds of any epoch that stays the same for the session."""

    revealed_ms: int
    """When the step was sent."""
    received_ms: int
    """When this upload had arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One upload."""

    step: Step
    """The step it answers."""
    entries: tuple[FrameEntry, ...]
    """The manifest."""
    frames: tuple[bytes, ...]
    """The JPEG files, in order."""
    timing: StepTiming
    """By our clock."""
    shown_ms: int | None = None
    """When the first picture of a light step appeared, by the phone's clock."""
    final: bool = True
    """Whether it ends the step."""

    @property
    def times(self) -> tuple[int, ...]:
        """Capture times, ms by the phone's clock."""
        return tuple(entry.t_ms for entry in self.entries)

    @property
    def arrival(self) -> Reading:
        """The two clocks when the upload was there; it has at least one frame."""
        last = self.entries[-1].t_ms
        return Reading(t_ms=last, offset_ms=self.timing.received_ms - last)

    def since_reveal(self, t_ms: int) -> Reading:
        """Return the two clocks if the phone's showed `t_ms` at the reveal."""
        return Reading(t_ms=t_ms, offset_ms=self.timing.revealed_ms - t_ms)
