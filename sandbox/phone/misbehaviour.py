"""What dishonest phones do. Each class changes exactly what its name says, nothing else.

Another person's portrait needs no class: it is the honest camera over the wrong head. The flat
print is in ``photograph``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sandbox.phone.camera import SHOWN_AFTER_S, Filming, Frame
from sandbox.phone.chain import Sealed, Sealing
from sandbox.phone.recording import Recording
from sandbox.phone.shutter import FPS
from sandbox.phone.steps import Step

_STILL = ("baseline", "light")


class FrozenFilming:
    """A frozen feed: the very first JPEG again and again, at honest times."""

    def __init__(self, camera: Filming) -> None:
        """Take the honest camera."""
        self._camera = camera
        self._first: bytes | None = None

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Film the step and throw all but the session's first picture away."""
        frames = self._camera.film(step)
        if self._first is None:
            self._first = frames[0].jpeg
        return tuple(replace(frame, jpeg=self._first) for frame in frames)


class EarlyFilming:
    """A movement guessed and filmed before the server asked for it."""

    def __init__(self, camera: Filming, *, guess: str = "turn_left") -> None:
        """Take the honest camera and the kind of step to bet on."""
        self._camera = camera
        self._guess = guess
        self._ahead: tuple[Frame, ...] = ()

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Answer the first movement with the guess; a wrong guess keeps its early times.

        What holds still is filmed honestly, and the guess right after it.
        """
        if step.kind in _STILL:
            frames = self._camera.film(step)
            guessed = replace(step, n=step.n + 1, kind=self._guess, segments=())
            self._ahead = self._camera.film(guessed)
            return frames
        if step.kind == self._guess:
            return self._ahead
        times = (frame.t_ms for frame in self._ahead)
        frames = self._camera.film(step)
        return tuple(replace(frame, t_ms=t_ms) for frame, t_ms in zip(frames, times, strict=False))


class ReplayedFilming:
    """Frames of an old session, played again at the camera's pace and at new times."""

    def __init__(
        self,
        recording: Recording,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        """Take what was once recorded, and a monotonic clock with its sleep."""
        self._recording = recording
        self._clock = clock
        self._sleep = sleep

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Return the old step's JPEGs, whatever the new step asks for; its light is claimed."""
        frames = []
        start = self._clock()
        shown_ms = int((start + SHOWN_AFTER_S) * 1000) if step.segments else None
        for index, old in enumerate(_of(self._recording, step)):
            self._sleep(max(0.0, start + index / FPS - self._clock()))
            t_ms = int(self._clock() * 1000)
            frames.append(Frame(jpeg=old.jpeg, t_ms=t_ms, shown_ms=shown_ms))
        return tuple(frames)


class ReplayedSealing:
    """An old session's manifest as it was: old times, old hashes.

    (To replay with hashes made anew, combine ``ReplayedFilming`` with the honest chain.)
    """

    def __init__(self, recording: Recording) -> None:
        """Take what was once recorded."""
        self._recording = recording

    def seal(self, step: Step, frames: Sequence[Frame]) -> tuple[Sealed, ...]:
        """Return the old entries; ``frames`` lend the time they took and the light's claim."""
        old = _of(self._recording, step)
        return tuple(
            replace(entry, shown_ms=frame.shown_ms)
            for entry, frame in zip(old, frames, strict=False)
        )


def _of(recording: Recording, step: Step) -> tuple[Sealed, ...]:
    """Return an old step's frames; a new session that asks for more gets the first ones again."""
    return recording.step(step.n % len(recording.steps)).frames


class ReorderedSealing:
    """Honest frames, honestly sealed; then the two in the middle change places."""

    def __init__(self, chain: Sealing) -> None:
        """Take the honest chain."""
        self._chain = chain

    def seal(self, step: Step, frames: Sequence[Frame]) -> tuple[Sealed, ...]:
        """Seal a step and swap two neighbours, entry and picture together."""
        sealed = list(self._chain.seal(step, frames))
        middle = len(sealed) // 2
        sealed[middle - 1 : middle + 1] = reversed(sealed[middle - 1 : middle + 1])
        return tuple(sealed)


class StaleNonceSealing:
    """Every step sealed with the first step's nonce, as if made before the second's reveal."""

    def __init__(self, chain: Sealing) -> None:
        """Take the honest chain."""
        self._chain = chain
        self._nonce: bytes | None = None

    def seal(self, step: Step, frames: Sequence[Frame]) -> tuple[Sealed, ...]:
        """Seal with the nonce seen first."""
        if self._nonce is None:
            self._nonce = step.nonce
        return self._chain.seal(replace(step, nonce=self._nonce), frames)
