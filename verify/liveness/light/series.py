"""What the frames of the light steps measured, joined into series of log light."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify import patches
from verify.geometry import points_of, rest_shape
from verify.liveness.evidence import StepEvidence
from verify.liveness.lightcode import Segment
from verify.results import FaceMeasurement, Radiance

Array = NDArray[np.float64]

LEAST_FRAMES = 10
"""In one step: 4 pictures of 400 ms at the slowest frame rate."""
_LEAST_PATCHES = 12
_SEEN = 0.6
"""Share of the frames in which a patch must have been measured in all colours."""
_EPSILON = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class LightSeries:
    """T frames of all light steps, P patches that were seen, blue, green and red."""

    elapsed: Array
    """T: ms from the appearance of the step's first picture to the frame."""
    block: NDArray[np.int64]
    """T: which light step, from 0."""
    lengths: tuple[int, ...]
    """Pictures of each light step."""
    segments: tuple[Segment, ...]
    """Pictures of all light steps."""
    segment_ms: int
    places: NDArray[np.int64]
    """P: which of the 36."""
    skin: Array
    """T × P × 3: natural log of the light, without holes."""
    background: Array
    """T × 2 × 3: natural log, NaN where it was not measured."""
    iris: Array
    """T × 2 × 3: natural log, NaN where it was not measured."""
    shape: Array
    """468 × 3: the face's mesh, mean over the frames."""


def series_of(steps: Sequence[StepEvidence]) -> LightSeries | None:
    """Join the light steps; None where too little of the face's light was measured."""
    rows = [frames_of(step) for step in steps]
    if not rows or min(map(len, rows)) < LEAST_FRAMES:
        return None
    faces = [face for row in rows for _, face in row]
    light = [face.radiance for face in faces if face.radiance is not None]
    skin, places = _filled(np.log(_EPSILON + _stacked(light, "skin", patches.COUNT)))
    if len(places) < _LEAST_PATCHES:
        return None
    return LightSeries(
        elapsed=np.array([elapsed for row in rows for elapsed, _ in row], np.float64),
        block=np.repeat(np.arange(len(rows)), [len(row) for row in rows]),
        lengths=tuple(len(step.step.segments) for step in steps),
        segments=tuple(segment for step in steps for segment in step.step.segments),
        segment_ms=steps[0].step.segment_ms,
        places=places,
        skin=skin,
        background=np.log(_EPSILON + _stacked(light, "background", 2)),
        iris=np.log(_EPSILON + _stacked(light, "iris", 2)),
        shape=rest_shape([points_of(face.mesh) for face in faces]),
    )


def frames_of(step: StepEvidence) -> list[tuple[int, FaceMeasurement]]:
    """Return the frames of a light step whose light was measured: ms since its start, and face."""
    if step.shown_ms is None:
        return []
    pairs = zip(step.times, step.frames, strict=True)
    faces = [(time - step.shown_ms, frame.face) for time, frame in pairs]
    return [(time, face) for time, face in faces if face is not None and face.radiance is not None]


def _stacked(light: Sequence[Radiance], name: str, count: int) -> Array:
    content = b"".join(getattr(one, name) for one in light)
    return np.frombuffer(content, "<f4").reshape(len(light), count, 3).astype(np.float64)


def _filled(skin: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return the patches seen often enough, without holes, and which they are.

    A patch too bright or too dark in some frames is taken to have done there what the others did:
    it then says nothing of relief, and no nonsense.
    """
    known = np.isfinite(skin)
    places = np.flatnonzero((known.mean(axis=0) >= _SEEN).all(axis=1))
    if not len(places) or not known[:, places].any(axis=1).all():
        return skin[:, :0], places[:0]
    kept = skin[:, places]
    own = np.nanmedian(kept, axis=0)
    together = np.nanmedian(kept - own, axis=1)
    return np.where(known[:, places], kept, own + together[:, None]), places
