"""Cameras that film something else than what was asked, or someone else."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from sandbox.phone.attacks.replaying import decoded, encoded, retimed
from sandbox.phone.camera import Filming, Frame
from sandbox.phone.steps import Step

MOVES = ("turn_left", "turn_right", "nod", "blink", "mouth", "closer")
_PASSING_ON_S = 0.2
_GRAIN = 2.0  # grey levels


class Disobeying:
    """Always another movement than the one asked for, as if guessed beforehand."""

    def __init__(self, camera: Filming, *, rng: np.random.Generator) -> None:
        """Take the honest camera."""
        self._camera = camera
        self._rng = rng

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Film; baseline and light are what they are."""
        if step.kind not in MOVES:
            return self._camera.film(step)
        others = [kind for kind in MOVES if kind != step.kind]
        other = others[int(self._rng.integers(len(others)))]
        return self._camera.film(replace(step, kind=other))


class Swapping:
    """One person looks into the camera, another one moves."""

    def __init__(
        self, looking: Filming, moving: Filming, *, sleep: Callable[[float], None]
    ) -> None:
        """Take a camera before each."""
        self._looking = looking
        self._moving = moving
        self._sleep = sleep

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Film the one whose turn it is, once the phone was passed on."""
        self._sleep(_PASSING_ON_S)
        return (self._moving if step.kind in MOVES else self._looking).film(step)


class Slipping:
    """Single frames of one person slipped into the film of another."""

    def __init__(self, acting: Filming, looking: Filming, *, every: int) -> None:
        """Take a camera before each, and the other one's frames' distance: the first is theirs."""
        self._acting = acting
        self._looking = looking
        self._every = every

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Film the one who acts, and put fresh frames of the other, at rest, between."""
        frames = self._acting.film(step)
        jpegs = [frame.jpeg for frame in frames]
        count = len(jpegs[:: self._every])
        still = replace(step, kind="baseline", min_frames=count, max_frames=count, segments=())
        jpegs[:: self._every] = [frame.jpeg for frame in self._looking.film(still)]
        return retimed(frames, jpegs)


class Frozen:
    """A feed that stands still: one picture, sent again and again, at honest times."""

    def __init__(self, camera: Filming, *, rng: np.random.Generator, grainy: bool) -> None:
        """Take the honest camera, and whether each copy gets grain of its own."""
        self._camera = camera
        self._rng = rng
        self._grainy = grainy
        self._first: bytes | None = None

    def film(self, step: Step) -> tuple[Frame, ...]:
        """Film the step and throw all but the session's first picture away."""
        frames = self._camera.film(step)
        if self._first is None:
            self._first = frames[0].jpeg
        return retimed(frames, self._copies(self._first, len(frames)))

    def _copies(self, first: bytes, count: int) -> Sequence[bytes]:
        if not self._grainy:
            return [first] * count
        picture = decoded(first).astype(np.float32)
        noisy = (picture + self._rng.normal(0, _GRAIN, picture.shape) for _ in range(count))
        return [encoded(np.clip(one, 0, 255).astype(np.uint8)) for one in noisy]
