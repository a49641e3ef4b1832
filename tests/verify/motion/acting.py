"""Steps acted by a real face's mesh whose lids, lips and distance are moved by hand."""

from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from tests.verify import sessions
from tests.verify.sessions import Actor, Shape
from verify.defaults import DEFAULT_POLICY
from verify.liveness.cues import CueResult
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.motion import MotionCue
from verify.policy.verification import VerificationPolicy

LIDS = (((160, 144), (159, 145), (158, 153)), ((387, 373), (386, 374), (385, 380)))
LIPS = ((13, 14), (82, 87), (312, 317))
ONE_SECOND = 1000


@dataclass(frozen=True)
class Moment:
    """How the head is at one time, each relative to rest."""

    yaw: float = 0.0
    pitch: float = 0.0
    right: float = 1.0
    """Share by which the person's right eye is open."""
    left: float = 1.0
    lips: float = 0.0
    """Gap in eye distances."""
    size: float = 1.0

    def shape(self, rest: Shape) -> Shape:
        shape = rest.copy()
        for pairs, share in zip(LIDS, (self.right, self.left), strict=True):
            for upper, lower in pairs:
                shape[upper] = rest[lower] + share * (rest[upper] - rest[lower])
        eyes = rest[[33, 133]].mean(axis=0) - rest[[263, 362]].mean(axis=0)
        for _, lower in LIPS:
            shape[lower, 1] += self.lips * np.linalg.norm(eyes)
        return np.asarray(shape * self.size)


REST = Moment()


def both(share: float) -> Moment:
    """Both eyes open by that share."""
    return Moment(right=share, left=share)


def film(
    *scenes: tuple[int, Moment], fps: float = 15.0, fade_ms: int = 70
) -> tuple[list[int], list[Moment]]:
    """Times and moments: each scene is held so many ms; one goes over into the next quickly."""
    ends = np.cumsum([lasts for lasts, _ in scenes])
    knots, held = [0.0], [scenes[0][1]]
    for end, ((_, now), (_, then)) in zip(ends, pairwise(scenes), strict=False):
        knots += [end - fade_ms / 2, end + fade_ms / 2]
        held += [now, then]
    times = [round(i * 1000 / fps) for i in range(int(ends[-1] * fps / 1000))]
    tracks = [
        np.interp(times, knots, [getattr(moment, field.name) for moment in held])
        for field in fields(Moment)
    ]
    return times, [Moment(*map(float, values)) for values in zip(*tracks, strict=True)]


def acted(
    head: Shape,
    kind: str,
    *scenes: tuple[int, Moment],
    n: int = 1,
    fps: float = 15.0,
    fade_ms: int = 70,
    since_reveal: int = 150,
) -> StepEvidence:
    """The step as measured, its first frame `since_reveal` ms after the reveal."""
    times, moments = film(*scenes, fps=fps, fade_ms=fade_ms)
    frames = [
        Actor(rest=moment.shape(head)).frame(100 * n + i, moment.yaw, pitch=moment.pitch)
        for i, moment in enumerate(moments)
    ]
    return StepEvidence(
        step=sessions.step(kind, n=n),
        times=tuple(times),
        revealed_ms=0,
        offset_ms=since_reveal,
        frames=tuple(frames),
    )


def baseline(head: Shape, moment: Moment = REST) -> StepEvidence:
    """The person at rest for a second."""
    return acted(head, "baseline", (ONE_SECOND, moment), n=0)


def weigh(
    head: Shape,
    *steps: StepEvidence,
    rest: Moment = REST,
    policy: VerificationPolicy = DEFAULT_POLICY,
) -> CueResult:
    result = MotionCue().weigh([baseline(head, rest), *steps], policy)
    assert result is not None
    return result


def broken(result: CueResult) -> tuple[str, RetryCode]:
    finding: Finding | None = result.finding
    assert finding is not None
    return finding.gate, finding.code


def without_faces(step: StepEvidence, *lost: int) -> StepEvidence:
    """The step with no face found in some of its frames."""
    frames = [
        replace(frame, face=None) if index in lost else frame
        for index, frame in enumerate(step.frames)
    ]
    return replace(step, frames=tuple(frames))
