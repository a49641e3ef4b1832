"""The camera: answers a revealed step at about 15 frames a second, in real time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, runtime_checkable

import numpy as np

from sandbox.phone.motions import perform
from sandbox.phone.rendering import Subject
from sandbox.phone.sensor import Sensor
from sandbox.phone.setting import INDOORS, Setting
from sandbox.phone.shine import Screen
from sandbox.phone.shutter import Shutter
from sandbox.phone.steps import Step

PART_FRAMES = 12
"""As many are uploaded while the next ones are filmed."""
SHOWN_AFTER_S = 0.2
"""The first picture of a light step appears when the camera has seen a few frames without."""
_SETTLING_S = 0.15  # filmed on top of the time a step asks for
_EXPOSURE_S = 1 / 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One JPEG and the monotonic millisecond it was captured at."""

    jpeg: bytes
    t_ms: int
    shown_ms: int | None = None
    """In a light step, once it has: when the first picture appeared."""


class Filming(Protocol):
    """Whatever answers a step with frames, an honest camera or not."""

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Return the frames of one step, oldest first."""
        ...


@runtime_checkable
class Streaming(Protocol):
    """Filming whose first frames can leave before the last are taken."""

    def film_parts(self, step: Step) -> Iterator[tuple[Frame, ...]]:
        """Give the frames of one step in pieces, oldest first; none is empty."""
        ...


class Camera:
    """Films a subject. A frame is exposed, encoded and timed only after its step was revealed."""

    def __init__(
        self,
        *,
        subject: Subject,
        sensor: Sensor,
        rng: np.random.Generator,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        setting: Setting = INDOORS,
    ) -> None:
        """Take a monotonic clock in seconds and the sleep that goes with it.

        Of the setting the camera needs only the lags; the light itself is the subject's.
        """
        self._subject = subject
        self._sensor = sensor
        self._rng = rng
        self._shutter = Shutter(rng)
        self._clock = clock
        self._sleep = sleep
        self._lag = setting.lag_s
        self._ready_at = clock()

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Film one step from now on; late frames are dropped, as a camera does.

        Raises:
            UnknownStepError: the kind of step is none this phone knows.
        """
        return tuple(self._frames(step))

    def film_parts(self, step: Step) -> Iterator[tuple[Frame, ...]]:
        """Film one step as ``film`` does, and give its frames a dozen at a time."""
        frames = self._frames(step)
        while piece := tuple(islice(frames, PART_FRAMES)):
            yield piece

    def _frames(self, step: Step) -> Iterator[Frame]:
        performance = perform(step.kind, self._rng)
        self._wait(self._ready_at)
        start = due = self._clock()
        shown = start + SHOWN_AFTER_S
        screen = Screen(step.segments, segment_ms=step.segment_ms, start=shown + self._lag)
        length = max(performance.seconds, step.hold_ms / 1000) + _SETTLING_S
        end = start + length + (SHOWN_AFTER_S if step.segments else 0)
        count = 0
        while count < step.max_frames and (due < end or count < step.min_frames):
            self._wait(due)
            now = self._clock()
            pose = performance(now - start)
            picture = self._subject.picture(pose, screen.during(now - _EXPOSURE_S, now))
            known = bool(step.segments) and now >= shown
            yield Frame(
                jpeg=self._sensor.jpeg(picture, now),
                t_ms=int(now * 1000),
                shown_ms=int(shown * 1000) if known else None,
            )
            count += 1
            due = max(due + self._shutter.interval(), self._clock())
        self._ready_at = due

    def _wait(self, until: float) -> None:
        self._sleep(max(0.0, until - self._clock()))


def pieces(filming: Filming, step: Step) -> Iterator[tuple[Frame, ...]]:
    """Give a step's frames in pieces where the filming can, at once where it cannot."""
    if isinstance(filming, Streaming):
        return filming.film_parts(step)
    return iter((filming.film(step),))
