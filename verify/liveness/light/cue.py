"""The light steps of a session, judged: is it now, and is it a head?"""

from collections.abc import Mapping, Sequence
from math import hypot, isfinite
from statistics import median

from verify.liveness.cues import CueResult, Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.light.code import CodeFit, fit_code
from verify.liveness.light.gains import skin_gains
from verify.liveness.light.relief import Relief, Slope, relief_of
from verify.liveness.light.series import LEAST_FRAMES, frames_of, series_of
from verify.liveness.light.surroundings import background_of, iris_of
from verify.policy.light import LightPolicy
from verify.policy.verification import VerificationPolicy

_LEAST_PICTURES = 6
"""No code is shorter; a session is also looked at between its blocks."""
_BAND = 1.96
"""Half the width of a 95 % interval, in standard errors."""

_MIDDLE = 128
"""Of a face's brightness, to say which way its light could not be measured."""
_HALF_SYSTEM, _FULL_SYSTEM = 0.1, 0.02
"""What bent and flat sheets show beyond the frames' noise (simulated)."""


class LightCue:
    """The screen's light on the face: its code, its lag, its places."""

    def weigh(self, steps: Sequence[StepEvidence], policy: VerificationPolicy) -> CueResult | None:
        """Judge all light steps together, in this order; the first that breaks answers.

        1. The face's light was measured in enough frames and patches.
        2. The screen is bright enough against the ambient light to tell anything.
        3. The face follows the code that was shown, and hardly any other explains it as well.
        4. It follows with a lag a screen and a camera can have.
        5. And with one that honest phones do have: a face relit by a machine comes later.
        6. Some relief stands out from the noise; where none could, there was too little light.
        """
        lit = [step for step in steps if step.step.segments]
        if sum(len(step.step.segments) for step in lit) < _LEAST_PICTURES:
            return None  # no light step, or the rest of the code is yet to come
        series = series_of(lit)
        if series is None:  # 1
            return CueResult(modality=Modality.LIGHT, finding=_unseen(lit))
        code = fit_code(series, decoys=policy.light.decoys)
        finding = _broken(code, policy.light)
        figures = {"score": code.score, "rank": code.rank, "lag_ms": code.lag_ms}
        figures |= {"ratio": code.ratio}
        if finding is not None:
            return CueResult(modality=Modality.LIGHT, figures=_finite(figures), finding=finding)
        relief = relief_of(series, skin_gains(series, code))
        background = background_of(series, code)
        around = {"background": background, "iris": iris_of(series, code)}
        return CueResult(
            modality=Modality.LIGHT,
            figures=_finite({**figures, **_told(relief), **around}),
            finding=_flat(relief, policy.light),  # 6
            spoof=_sheet(relief, background, policy.light),
        )


def _broken(code: CodeFit, policy: LightPolicy) -> Finding | None:
    followed = code.score >= policy.min_score and code.rank >= policy.min_rank
    seen = (
        ("light_ratio", RetryCode.INSUFFICIENT_LIGHT, code.ratio >= policy.min_ratio),  # 2
        ("light_code", RetryCode.NOT_VERIFIED, followed),  # 3
        (
            "light_lag",
            RetryCode.REJECTED_PROTOCOL,
            policy.min_lag_ms <= code.lag_ms <= policy.max_lag_ms,
        ),  # 4
        ("light_late", RetryCode.NOT_VERIFIED, code.lag_ms <= policy.usual_lag_ms),  # 5
    )
    return next((Finding(gate=gate, code=told) for gate, told, holds in seen if not holds), None)


def _flat(relief: Relief, policy: LightPolicy) -> Finding | None:
    slopes = (relief.full, relief.core)
    if any(_certainty(slope, _FULL_SYSTEM) >= policy.min_relief_t for slope in slopes):
        return None
    drowned = all(policy.min_relief_t * one.error > policy.sheet_relief for one in slopes)
    code = RetryCode.INSUFFICIENT_LIGHT if drowned else RetryCode.NOT_VERIFIED
    return Finding(gate="light_relief", code=code)


def _sheet(relief: Relief, background: float | None, policy: LightPolicy) -> bool:
    """Whether the background answers like the face, and the face like a sheet of paper."""
    if background is None or background < policy.sheet_background:
        return False
    most = relief.full.value + _BAND * relief.full.error
    least = relief.half.value - _BAND * relief.half.error
    return max(most, least) < policy.sheet_relief


def _unseen(lit: Sequence[StepEvidence]) -> Finding:
    faces = [face for step in lit for face in step.faces]
    shown = all(len(frames_of(step)) >= LEAST_FRAMES for step in lit)
    bright = bool(faces) and median(face.luma for face in faces) > _MIDDLE
    told = RetryCode.TOO_BRIGHT if bright else RetryCode.TOO_DARK
    return Finding(gate="light_unseen", code=told if shown else RetryCode.FACE_NOT_VISIBLE)


def _told(relief: Relief) -> dict[str, float | None]:
    return {
        "beta_half": relief.half.value,
        "beta_half_t": _certainty(relief.half, _HALF_SYSTEM),
        "beta_left": relief.left.value,
        "beta_top": relief.top.value,
        "beta_full": relief.full.value,
        "beta_full_t": _certainty(relief.full, _FULL_SYSTEM),
        "beta_core": relief.core.value,
        "beta_core_t": _certainty(relief.core, _FULL_SYSTEM),
    }


def _certainty(slope: Slope, system: float) -> float:
    return slope.value / hypot(slope.error, system)


def _finite(figures: Mapping[str, float | None]) -> dict[str, float]:
    """Return what could be measured."""
    known = {name: value for name, value in figures.items() if value is not None}
    return {name: float(value) for name, value in known.items() if isfinite(value)}
