"""Films made of earlier films: sessions recorded once, cut up, and fed in as a camera's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from sandbox.phone.camera import SHOWN_AFTER_S, Filming, Frame
from sandbox.phone.steps import Step

_PAUSE_S = 0.07  # a frame's time between two films
_QUALITIES = (78, 93)  # of the second JPEG; the camera's own is 85


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One step of an earlier session."""

    kind: str
    frames: tuple[Frame, ...]


class Recorder:
    """Films through another camera and keeps what it saw."""

    def __init__(self, camera: Filming) -> None:
        """Take the camera whose pictures are kept."""
        self._camera = camera
        self.takes: list[Take] = []

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Film and keep."""
        frames = self._camera.film(step)
        self.takes.append(Take(kind=step.kind, frames=frames))
        return frames


class Cutter:
    """Answers each step with a take of that kind, at new times, as if filmed now."""

    def __init__(
        self,
        takes: Sequence[Take],
        *,
        rng: np.random.Generator,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        touch: Callable[[bytes], bytes],
    ) -> None:
        """Take what was recorded, and what is done to each file before it is sent."""
        self._takes = list(takes)
        self._rng = rng
        self._clock = clock
        self._sleep = sleep
        self._touch = touch

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Play a take of the asked kind, none of them twice; without one, any other."""
        fitting = [take for take in self._takes if take.kind == step.kind] or self._takes
        take = fitting[int(self._rng.integers(len(fitting)))]
        self._takes = [each for each in self._takes if each is not take] or [take]
        old = take.frames[: step.max_frames]
        start = int(self._clock() * 1000)
        shown = _shown(old, start) if step.segments else None
        frames = [self._again(frame, start - old[0].t_ms, shown) for frame in old]
        self._sleep((old[-1].t_ms - old[0].t_ms) / 1000 + _PAUSE_S)
        return tuple(frames)

    def _again(self, frame: Frame, later: int, shown: int | None) -> Frame:
        t_ms = frame.t_ms + later
        known = shown if shown is not None and t_ms >= shown else None
        return Frame(jpeg=self._touch(frame.jpeg), t_ms=t_ms, shown_ms=known)


def untouched(jpeg: bytes) -> bytes:
    """Send the very file."""
    return jpeg


class Worn:
    """Decodes each picture, moves it by a pixel or two and compresses it again."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw the quality and the shift of a session."""
        self._quality = int(rng.integers(*_QUALITIES))
        self._shift = rng.integers(-2, 3, 2)

    def __call__(self, jpeg: bytes) -> bytes:
        """Return another file that looks the same."""
        return encoded(np.roll(decoded(jpeg), self._shift, (0, 1)), self._quality)


def decoded(jpeg: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return the picture of a file; ``ValueError`` if it is none."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        message = "no picture"
        raise ValueError(message)
    return np.asarray(picture, np.uint8)


def encoded(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], quality: int = 85) -> bytes:
    """Return a JPEG file."""
    _, data = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return data.tobytes()


def retimed(frames: Sequence[Frame], jpegs: Sequence[bytes]) -> tuple[Frame, ...]:
    """Return the frames' times with other pictures."""
    return tuple(replace(frame, jpeg=jpeg) for frame, jpeg in zip(frames, jpegs, strict=True))


def _shown(old: Sequence[Frame], start: int) -> int:
    """Return when the old film shows its first picture, moved to now."""
    told = next((frame.shown_ms for frame in old if frame.shown_ms is not None), None)
    after = round(SHOWN_AFTER_S * 1000) if told is None else told - old[0].t_ms
    return start + after
