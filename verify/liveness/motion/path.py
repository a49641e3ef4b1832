"""How one figure moved during a step: out of rest, to a peak, and back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from verify.liveness.evidence import StepEvidence
from verify.results import FaceMeasurement

_NEAR_PEAK = 0.2
"""Share of the peak within which a frame counts as at the peak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Values of the frames that show a face; a running median of three: one frame is no motion."""

    step: StepEvidence
    shown: tuple[int, ...]
    """Which frames of the step they are."""
    values: tuple[float, ...]
    """Relative to rest, positive the asked way."""

    @classmethod
    def of(cls, step: StepEvidence, value: Callable[[FaceMeasurement], float]) -> "Path":
        """Measure every face of a step that shows one."""
        shown = [index for index, frame in enumerate(step.frames) if frame.face is not None]
        values = _smooth([value(face) for face in step.faces])
        return cls(step=step, shown=tuple(shown), values=tuple(values))

    @property
    def peak(self) -> float:
        """The furthest the asked way."""
        return max(self.values)

    @property
    def stray(self) -> float:
        """The furthest either way."""
        return max(map(abs, self.values))

    @property
    def faces_at_peak(self) -> list[FaceMeasurement]:
        """The faces that are all but at the peak."""
        edge = self.peak - _NEAR_PEAK * abs(self.peak)
        pairs = zip(self.step.faces, self.values, strict=True)
        return [face for face, value in pairs if value >= edge]

    def reaction_ms(self, onset: float) -> float:
        """Return the most that can lie between the reveal and the first value from `onset` on."""
        first = next((at for at, value in enumerate(self.values) if value >= onset), 0)
        return float(self.step.since_reveal(self.shown[first]))


def _smooth(values: Sequence[float]) -> list[float]:
    padded = [values[0], *values, values[-1]]
    return [median(padded[at : at + 3]) for at in range(len(values))]
