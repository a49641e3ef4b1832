"""Light sessions without pixels: a face answers a screen, a simple camera sees it.

Exposure and white balance follow the picture; shot, read and rounding noise are those of a patch
of 150 pixels. Figures made with it are called simulated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.liveness.lighthead import mesh_of
from bench.liveness.lightscene import HEAD, LUMA, Scene, light_of, shine
from verify.defaults.challenge import CHALLENGE
from verify.liveness.challenge import Step, plan
from verify.liveness.evidence import StepEvidence
from verify.results import Box, FaceMeasurement, FrameMeasurement, Radiance

Array = NDArray[np.float64]

_FRAME_MS, _JITTER_MS, _HITCH_MS, _HITCHES = 66.7, 5.0, 50.0, 0.02
_TAIL_MS = 450
_PIXELS = 150
_FACE_SHARE = 0.4
"""Of the picture the exposure looks at; the rest is background."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Camera:
    settle_ms: float
    """Of the exposure."""
    balance_ms: float
    balance_share: float


def light_steps(rng: np.random.Generator) -> tuple[Step, ...]:
    """Draw a session and return its light steps."""
    variant = next(one for one in CHALLENGE.variants if one.segments)
    challenge = plan(
        variant, policy=CHALLENGE, randbelow=lambda n: int(rng.integers(n)), token=rng.bytes
    )
    return tuple(step for step in challenge.steps if step.segments)


def film(
    steps: Sequence[Step],
    scene: Scene,
    rng: np.random.Generator,
    *,
    shown: Sequence[Step] | None = None,
) -> list[StepEvidence]:
    """Film light steps; `shown` is what the face is lit by, if that is not what was asked."""
    camera = _Camera(
        settle_ms=float(rng.uniform(300, 1500)),
        balance_ms=float(rng.uniform(1500, 5000)),
        balance_share=float(rng.uniform(0.2, 0.8)),
    )
    times, starts = _clock(steps, rng)
    lit = shine(times, starts, shown or steps, scene.lag_ms)
    skin, background = light_of(lit, scene, rng)
    gains = _gains(np.concatenate(times), skin, background, camera)
    return _evidence(steps, times, starts, _seen(skin, gains, rng), _seen(background, gains, rng))


def _clock(steps: Sequence[Step], rng: np.random.Generator) -> tuple[list[Array], list[float]]:
    """Return each step's frame times and when its first picture appeared, ms."""
    times, starts, now = [], [], 1000.0
    for step in steps:
        first = now
        start = first + rng.uniform(60, 160)
        end = start + len(step.segments) * step.segment_ms + _TAIL_MS
        hitches = _HITCH_MS * (rng.random(200) < _HITCHES)
        paces = _FRAME_MS + rng.normal(0, _JITTER_MS, 200) + hitches
        clock = first + np.cumsum(paces)
        times.append(np.rint(clock[clock < end]))
        starts.append(float(round(start)))
        now = end + rng.uniform(500, 6000)
    return times, starts


def _gains(clock: Array, skin: Array, background: Array, camera: _Camera) -> Array:
    """Return exposure times white balance, frames × BGR, following the picture with delay."""
    picture = _FACE_SHARE * skin.mean(axis=1) + (1 - _FACE_SHARE) * background.mean(axis=1)
    exposure = np.log(0.18 / (picture[0] @ LUMA))
    balance = np.log((picture[0] @ LUMA) / picture[0])
    gains = []
    for at, elapsed in enumerate(np.diff(clock, prepend=clock[0])):
        bright = picture[at] @ LUMA
        exposure += (np.log(0.18 / bright) - exposure) * (1 - np.exp(-elapsed / camera.settle_ms))
        wanted = np.log(bright / picture[at])
        pull = 1 - np.exp(-elapsed / camera.balance_ms)
        balance = balance + camera.balance_share * pull * (wanted - balance)
        gains.append(exposure + balance)
    return np.asarray(np.exp(np.array(gains)))


def _seen(light: Array, gains: Array, rng: np.random.Generator) -> Array:
    """Return linear light as measured from a rounded picture; NaN where it is too bright."""
    true = light * gains[:, None]
    shot = np.sqrt(2e-4 * np.maximum(true, 0) + 0.003**2) / np.sqrt(_PIXELS)
    tone = np.maximum(1e-5, true + rng.normal(0, shot)) ** (1 / 2.2)
    tone = tone + rng.normal(0, 0.25 / 255, tone.shape)
    return np.where((tone < 250 / 255) & (tone > 5 / 255), np.maximum(tone, 0) ** 2.2, np.nan)


def _evidence(
    steps: Sequence[Step],
    times: Sequence[Array],
    starts: Sequence[float],
    skin: Array,
    background: Array,
) -> list[StepEvidence]:
    mesh = mesh_of(HEAD, pixels=90.0, centre=(240.0, 300.0))
    content = np.rint(mesh * 16).astype("<i2").tobytes()
    frames = [_frame(content, *light) for light in zip(skin, background, strict=True)]
    evidence, at = [], 0
    for step, clock, start in zip(steps, times, starts, strict=True):
        evidence.append(
            StepEvidence(
                step=step,
                times=tuple(int(t) for t in clock),
                revealed_ms=int(clock[0]) - 50,
                offset_ms=0,
                frames=tuple(frames[at : at + len(clock)]),
                shown_ms=int(start),
            )
        )
        at += len(clock)
    return evidence


def _frame(mesh: bytes, skin: Array, background: Array) -> FrameMeasurement:
    nothing = np.full((2, 3), np.nan)
    parts = (part.astype("<f4").tobytes() for part in (skin, background, nothing))
    radiance = Radiance(**dict(zip(("skin", "background", "iris"), parts, strict=True)))
    face = FaceMeasurement(
        box=Box(x=140, y=200, width=200, height=260),
        confidence=1.0,
        eye_distance=90.0,
        yaw=0.0,
        pitch=0.0,
        roll=0.0,
        nose=None,
        mesh=mesh,
        luma=120.0,
        sharpness=100.0,
        radiance=radiance,
    )
    return FrameMeasurement(
        width=480,
        height=640,
        faces=1,
        face=face,
        reasons=(),
        digest=bytes(16),
        phash=bytes(32),
        thumb=bytes(576),
    )
