"""The camera: answers a revealed step at 15 frames a second, in real time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sandbox.phone.landmarks import Picture
from sandbox.phone.pose import TURN_DEGREES, TURN_S, Motion, Sway, Turn
from sandbox.phone.rendering import Subject
from sandbox.phone.sensor import Sensor
from sandbox.phone.steps import Step

FPS = 15
_BASELINE_S = 1.0
_SETTLING_S = 0.2  # filmed on top of the time a step asks for
_KINDS = ("baseline", "turn_left", "turn_right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One JPEG and the monotonic millisecond it was captured at."""

    jpeg: bytes
    t_ms: int


class Filming(Protocol):
    """Whatever answers a step with frames, an honest camera or not."""

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Return the frames of one step, oldest first."""
        ...


class UnknownStepError(Exception):
    """The server asks for a motion this phone does not know."""


class Camera:
    """Films a subject.

    Pictures may be rendered ahead, since a person, too, is there before the reveal; but a
    frame is exposed, encoded and timed only after its step was revealed.
    """

    def __init__(
        self,
        *,
        subject: Subject,
        sensor: Sensor,
        rng: np.random.Generator,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        """Take a monotonic clock in seconds and the sleep that goes with it."""
        self._subject = subject
        self._sensor = sensor
        self._rng = rng
        self._clock = clock
        self._sleep = sleep
        self._ahead: dict[str, Sequence[Picture]] = {}
        self._ready_at = clock()

    def prepare(self) -> None:
        """Render one session's pictures ahead: 75 of them, about 70 MB, under a second."""
        for kind in _KINDS:
            script = self._script(kind)
            count = round(_seconds(kind, 0) * FPS)
            self._ahead[kind] = [self._subject.picture(script(i / FPS)) for i in range(count)]

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Film one step from now on; late frames are dropped, as a camera does.

        Raises:
            UnknownStepError: the kind of step is not one of ``baseline``, ``turn_*``.
        """
        script = self._script(step.kind)
        ahead = self._ahead.pop(step.kind, ())  # once: two sessions never show the same motion
        count = round(_seconds(step.kind, step.hold_ms) * FPS)
        count = min(max(count, step.min_frames), step.max_frames)
        frames: list[Frame] = []
        self._sleep(max(0.0, self._ready_at - self._clock()))
        start, index = self._clock(), 0
        while index < count:
            self._sleep(max(0.0, start + index / FPS - self._clock()))
            t_ms = int(self._clock() * 1000)
            ready = index < len(ahead)
            picture = ahead[index] if ready else self._subject.picture(script(index / FPS))
            frames.append(Frame(jpeg=self._sensor.jpeg(picture), t_ms=t_ms))
            index = max(index + 1, int((self._clock() - start) * FPS))
        self._ready_at = start + index / FPS
        return tuple(frames)

    def _script(self, kind: str) -> Motion:
        sway = Sway(self._rng)
        match kind:
            case "baseline":
                return sway
            case "turn_left":
                return Turn(degrees=TURN_DEGREES, sway=sway)
            case "turn_right":
                return Turn(degrees=-TURN_DEGREES, sway=sway)
            case _:
                raise UnknownStepError(kind)


def _seconds(kind: str, hold_ms: int) -> float:
    whole = _BASELINE_S if kind == "baseline" else TURN_S
    return max(whole, hold_ms / 1000 + _SETTLING_S)
