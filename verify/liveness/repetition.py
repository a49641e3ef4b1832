"""Does a film repeat itself? Nobody moves twice in just the same way; a loop does.

Thumbnails are compared on the scale of the film's own motion, so that neither a still person nor a
noisy camera is taken for a loop. What is lit by the light challenge is left out: the screen, not
the person, changes its frames.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.liveness.evidence import StepEvidence
from verify.policy.presence import PresencePolicy

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Frames of several steps, one after the other."""

    looks: Floats
    """N × 576: thumbnails, each less its own mean, so that exposure does not count."""
    hashes: NDArray[np.uint8]
    """N × 256 bits."""
    step: NDArray[np.intp]
    """N: which step each is of."""

    @classmethod
    def of(cls, steps: Sequence[StepEvidence]) -> "Film":
        """Collect what was filmed without the light challenge."""
        unlit = [step for step in steps if not step.step.segments]
        frames = [frame for step in unlit for frame in step.frames]
        thumbs = np.frombuffer(b"".join(frame.thumb for frame in frames), np.uint8)
        hashes = np.frombuffer(b"".join(frame.phash for frame in frames), np.uint8)
        looks = thumbs.reshape(len(frames), -1 if frames else 0).astype(np.float32)
        return cls(
            looks=looks - (looks.mean(axis=1, keepdims=True) if frames else 0),
            hashes=np.unpackbits(hashes.reshape(len(frames), -1 if frames else 0), axis=1),
            step=np.repeat(np.arange(len(unlit)), [len(step.frames) for step in unlit]),
        )

    def apart(self, lag: int) -> Floats:
        """Return how much each frame differs from the one `lag` later: N − lag mean steps."""
        return np.asarray(np.abs(self.looks[lag:] - self.looks[:-lag]).mean(axis=1), np.float32)

    def lags(self, least: int) -> Iterator[int]:
        """Return every distance between two frames from `least` on."""
        return iter(range(max(1, least), len(self.looks)))

    def within(self, length: int) -> NDArray[np.bool_]:
        """Return whether the `length` frames from each place on are of one step."""
        same = self.step[length - 1 :] == self.step[: len(self.step) - length + 1]
        return np.asarray(same, np.bool_)


def twins(film: Film, policy: PresencePolicy) -> int:
    """Return how many frames look like a much earlier one, though the film moves at both.

    A pair's difference is held against the mean difference of either frame from its neighbours,
    and the perceptual hashes must agree.
    """
    pace = _pace(film)
    found = np.zeros(len(film.looks), np.bool_)
    for lag in film.lags(policy.loop_frames):
        near = film.apart(lag) < policy.twin_share * (pace[lag:] + pace[:-lag]) / 2
        bits = (film.hashes[lag:] != film.hashes[:-lag]).sum(axis=1)
        found[lag:] |= near & (bits <= policy.twin_bits)
    return int(found.sum())


def loops(film: Film, policy: PresencePolicy) -> bool:
    """Return whether a stretch of frames repeats an earlier one, picture by picture.

    The mean difference of the pairs is held against the mean difference of neighbours in the
    stretch. No stretch reaches across two steps.
    """
    length = policy.loop_frames
    if len(film.looks) < 2 * length:
        return False
    motion = _means(film.apart(1), max(1, length - 1))
    whole = film.within(length)
    for lag in film.lags(length):
        apart = _means(film.apart(lag), length)
        both = whole[: len(apart)] & whole[lag : lag + len(apart)]
        if (both & (apart < policy.loop_share * motion[: len(apart)])).any():
            return True
    return False


def _pace(film: Film) -> Floats:
    """Return each frame's mean difference from its neighbours of the same step."""
    if len(film.looks) < 2:  # noqa: PLR2004 - a frame and its neighbour
        return np.zeros(len(film.looks), np.float32)
    inside = film.within(2)
    motion = np.where(inside, film.apart(1), 0)
    sums = np.append(motion, 0) + np.insert(motion, 0, 0)
    counts = np.append(inside, 0) + np.insert(inside, 0, 0).astype(int)
    return np.asarray(sums / np.maximum(counts, 1), np.float32)


def _means(values: Floats, length: int) -> Floats:
    """Return the mean of each `length` neighbouring values; none where there are too few."""
    if len(values) < length:
        return np.zeros(0, np.float32)
    return np.asarray(np.convolve(values, np.full(length, 1 / length), "valid"), np.float32)
