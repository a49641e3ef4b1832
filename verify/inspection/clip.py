"""A film, frame by frame: one picture in memory at a time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from verify.decoding import WORKING_SIDE, Pixels, fit
from verify.errors import ClipRefused, Code
from verify.inspection.container import container
from verify.inspection.limits import ClipLimits

_USUAL_FPS = 25.0
_MOST_FPS = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFrame:
    """One frame that was taken out."""

    t_ms: float
    """From the beginning, by the file."""
    pixels: Pixels
    """Upright, longest side at most `WORKING_SIDE`."""


class Clip:
    """A film file, open; to be used as a context."""

    def __init__(self, path: Path, limits: ClipLimits) -> None:
        """Open it after looking at its size and first bytes.

        Raises:
            ClipRefused: See `verify.inspection.container`; CLIP_UNREADABLE where no film is in it
                or the decoder cannot read it, CLIP_TOO_MANY_PIXELS, CLIP_TOO_LONG.
        """
        self.format = container(path, max_bytes=limits.max_bytes)
        self.passed = 0
        """Frames that were read, taken out or passed over."""
        self._limits = limits
        self._path = path
        self._film = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        self.width = self._number(cv2.CAP_PROP_FRAME_WIDTH)
        self.height = self._number(cv2.CAP_PROP_FRAME_HEIGHT)
        self._gap_ms = 1000 / self._fps()
        try:
            self._check()
        except ClipRefused:
            self._film.release()
            raise

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._film.release()

    def frames(self) -> Iterator[ClipFrame]:
        """Yield frames at equal distances, as many as the limits allow.

        Raises:
            ClipRefused: CLIP_UNREADABLE for no frame at all, CLIP_TOO_LONG.
        """
        most = max(1, self._limits.max_frames)
        stride = max(1, math.ceil((self._announced() or self._counted()) / most))
        for index, t_ms in enumerate(self._times()):
            if index >= most * stride:
                raise ClipRefused(Code.CLIP_TOO_LONG)
            self.passed = index + 1
            if index % stride == 0:
                yield ClipFrame(t_ms=t_ms, pixels=self._picture())
        if not self.passed:
            raise ClipRefused(Code.CLIP_UNREADABLE)

    def _times(self) -> Iterator[float]:
        """Go from frame to frame; yield the time of each."""
        t_ms = -self._gap_ms
        while self._film.grab():
            told_ms = self._film.get(cv2.CAP_PROP_POS_MSEC)
            # Some containers tell no times: then frames are as far apart as the film says.
            t_ms = told_ms if told_ms > t_ms else t_ms + self._gap_ms
            if t_ms > self._limits.max_seconds * 1000:
                raise ClipRefused(Code.CLIP_TOO_LONG)
            yield t_ms

    def _counted(self) -> int:
        """Count the frames of a film that does not say, by going through it once."""
        count = sum(1 for _ in self._times())
        self._film.release()
        self._film = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        return count

    def _check(self) -> None:
        if not self._film.isOpened() or self.width < 1 or self.height < 1:
            raise ClipRefused(Code.CLIP_UNREADABLE)
        if self.width * self.height > self._limits.max_pixels:
            raise ClipRefused(Code.CLIP_TOO_MANY_PIXELS)
        if self._announced() * self._gap_ms > self._limits.max_seconds * 1000:
            raise ClipRefused(Code.CLIP_TOO_LONG)

    def _picture(self) -> Pixels:
        found, pixels = self._film.retrieve()
        if not found or pixels.shape[0] * pixels.shape[1] > self._limits.max_pixels:
            raise ClipRefused(Code.CLIP_UNREADABLE)
        return fit(np.asarray(pixels, np.uint8), WORKING_SIDE)

    def _announced(self) -> int:
        """Return how many frames the file says it has; 0 where it does not say."""
        return max(0, self._number(cv2.CAP_PROP_FRAME_COUNT))

    def _fps(self) -> float:
        told = self._film.get(cv2.CAP_PROP_FPS)
        return told if 0 < told <= _MOST_FPS else _USUAL_FPS

    def _number(self, what: int) -> int:
        value = self._film.get(what)
        return int(value) if math.isfinite(value) and abs(value) < 2**40 else 0
