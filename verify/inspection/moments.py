"""What happens in a film and when: blinks, and openings of the mouth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from verify.inspection.watching import Sighting
from verify.liveness.motion.closure import closures
from verify.policy.motion import MotionPolicy

_AHEAD = 30.0
"""Degrees of yaw beyond which the far eye is not seen well."""
_SHUT = 25
"""Percentile of the lips' gap that counts as this person's closed mouth."""
_PAUSE_MS = 250.0
"""Openings closer together than this are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that began and ended."""

    start_s: float
    end_s: float
    value: float
    """How far it went: eyes open as a share of usual, or the gap of the lips beyond usual."""


def blinks(seen: Sequence[Sighting], policy: MotionPolicy) -> list[Moment]:
    """Return all blinks worth mentioning; half of one counts."""
    ahead = [face for face in seen if abs(face.pose.yaw) <= _AHEAD]
    found = closures(
        [face.t_ms for face in ahead],
        [face.eyes for face in ahead],
        share=policy.max_glimpse_share,
        policy=policy,
    )
    return [
        Moment(start_s=one.start_ms / 1000, end_s=one.end_ms / 1000, value=one.share)
        for one in found
    ]


def mouth_openings(seen: Sequence[Sighting], policy: MotionPolicy) -> list[Moment]:
    """Return when the lips part as far as a session asks for, against the film's closed mouth."""
    if not seen:
        return []
    usual = float(np.percentile([face.mouth for face in seen], _SHUT))
    runs = [
        list(run)
        for wide, run in groupby(seen, lambda face: face.mouth - usual >= policy.min_mouth)
        if wide
    ]
    return [
        Moment(
            start_s=run[0].t_ms / 1000,
            end_s=run[-1].t_ms / 1000,
            value=max(face.mouth for face in run) - usual,
        )
        for run in _joined(runs)
    ]


def _joined(runs: Sequence[list[Sighting]]) -> Iterator[list[Sighting]]:
    """Yield the runs, those with hardly a pause between them as one."""
    held: list[Sighting] = []
    for run in runs:
        if held and run[0].t_ms - held[-1].t_ms > _PAUSE_MS:
            yield held
            held = []
        held = [*held, *run]
    if held:
        yield held
