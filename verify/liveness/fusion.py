"""All evidence of a session together: hard gates, cues, the match; and the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from verify.errors import PolicyRefused
from verify.liveness.challenge import Challenge
from verify.liveness.cues import Cue, CueResult, Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.gates import check_frames, check_session
from verify.liveness.light.cue import LightCue
from verify.liveness.motion import MotionCue, check_rest
from verify.liveness.passive import PassiveCue
from verify.liveness.weighing import llr_of, model_of
from verify.matching import match
from verify.policy.fusion import FusionPolicy
from verify.policy.verification import VerificationPolicy
from verify.results import Decision, MatchResult, Template

CUES: tuple[Cue, ...] = (MotionCue(), LightCue(), PassiveCue())
"""What is weighed unless the caller says otherwise."""
_EARLY: tuple[Cue, ...] = (MotionCue(),)
"""What can be told of an unfinished session: a movement is whole with its step."""


class Outcome(StrEnum):
    """What the session shows."""

    GENUINE = "GENUINE"
    SPOOF = "SPOOF"
    UNCERTAIN = "UNCERTAIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to a session."""

    outcome: Outcome
    """A living head, an attack, or neither to be said; the match is not part of it."""
    passed: bool
    """A living head, and the right one."""
    level: str | None
    """Assurance of a pass, by what was asked for. None when it did not pass."""
    retry_code: RetryCode | None
    """What the person may be told. None when it passed."""
    audit: Mapping[str, object]
    """Every figure, the policy's version and the models, as JSON values; for the audit record
    alone: a score told outside teaches how to climb."""


_GUIDANCE = frozenset(
    {
        RetryCode.ACTION_NOT_SEEN,
        RetryCode.TOO_FAST,
        RetryCode.NOT_ALIGNED,
    },
)
"""What a person can mend at once. Everything else is told at the end, so that an attacker does not
learn which step gave it away."""


def screen(
    steps: Sequence[StepEvidence],
    policy: VerificationPolicy,
    *,
    cues: Sequence[Cue] = _EARLY,
) -> Finding | None:
    """Look at the newest step of an unfinished session; a finding ends it early.

    Those before it were looked at when they were the newest. Of them only the baseline is needed.

    Raises:
        PolicyRefused: The policy, or a part of it, is empty.
    """
    _demand(policy)
    finding = _faulty(steps[-1], policy)
    if finding is not None or len(steps) == 1:
        return finding
    seen = (result.finding for result in _weigh([steps[0], steps[-1]], cues, policy))
    return next((found for found in seen if found and found.code in _GUIDANCE), None)


def judge(
    steps: Sequence[StepEvidence],
    *,
    challenge: Challenge,
    template: Template | None,
    policy: VerificationPolicy,
    models: Mapping[str, str],
    cues: Sequence[Cue] = CUES,
) -> Verdict:
    """Decide a finished session, in this order; each check is made, the first to break answers.

    1. Every step of the challenge was answered, in order, and none else.
    2. Each step's frames pass the hard gates, and so does the session.
    3. No cue finds its own gate broken or sees what only an attack shows.
    4. Every modality that was asked for has spoken, and none is below its floor.
    5. The cues' log-likelihood ratios add up to enough.
    6. The faces are one person, and the one of the template.

    What the caller still owes: `check_capture` for every step, the session's single use, and
    that `audit` goes nowhere but the audit record.

    Args:
        steps: The measured steps.
        challenge: What was asked.
        template: The reference; None where there is no such person, which answers as a wrong
            face does.
        policy: Thresholds.
        models: Name → SHA-256 of the models in use, for the audit record.
        cues: Sources of evidence.

    Raises:
        PolicyRefused: The policy, or a part of it, is empty.
    """
    _demand(policy)
    # 1 and 2
    finding = _complete(steps, challenge) or _gates(steps, policy)
    weighed = [] if finding else _weigh(steps, cues, policy)
    # 3
    finding = finding or next(filter(None, map(_broken, weighed)), None)
    # 4 and 5
    finding = finding or _weighed(weighed, policy.fusion, challenge)
    outcome = _outcome(finding, weighed)
    # 6
    faces = [embedding for step in steps for embedding in step.embeddings]
    matched = match(template, faces, policy.match)
    finding = finding or _matched(matched)
    return Verdict(
        outcome=outcome,
        passed=finding is None,
        level=None if finding else challenge.level,
        retry_code=None if finding is None else finding.code,
        audit={
            "policy": policy.version,
            "models": dict(models),
            "variant": challenge.variant,
            "outcome": outcome.value,
            "gate": None if finding is None else finding.gate,
            "match": _likeness(matched),
            "cues": [_told(cue, policy.fusion) for cue in weighed],
        },
    )


def _demand(policy: VerificationPolicy) -> None:
    if policy.empty:
        raise PolicyRefused


def _complete(steps: Sequence[StepEvidence], challenge: Challenge) -> Finding | None:
    answered = tuple(step.step for step in steps)
    if answered == challenge.steps and answered:
        return None
    return Finding(gate="steps", code=RetryCode.REJECTED_PROTOCOL)


def _gates(steps: Sequence[StepEvidence], policy: VerificationPolicy) -> Finding | None:
    found = next(filter(None, (_faulty(step, policy) for step in steps)), None)
    return found or check_session(steps, policy.presence, policy.protocol)


def _faulty(step: StepEvidence, policy: VerificationPolicy) -> Finding | None:
    """Return what is wrong with a step's frames, or with a baseline as a baseline."""
    found = check_frames(step, policy.presence)
    if found is None and step.step.kind == "baseline":
        return check_rest(step, policy.motion)
    return found


def _weigh(
    steps: Sequence[StepEvidence],
    cues: Sequence[Cue],
    policy: VerificationPolicy,
) -> list[CueResult]:
    results = [cue.weigh(steps, policy) for cue in cues]
    return [result for result in results if result is not None]


def _broken(cue: CueResult) -> Finding | None:
    if cue.finding is None and cue.spoof:
        return Finding(gate=f"{cue.modality.value}_spoof", code=RetryCode.NOT_VERIFIED)
    return cue.finding


def _weighed(
    cues: Sequence[CueResult],
    policy: FusionPolicy,
    challenge: Challenge,
) -> Finding | None:
    demanded = _demanded(challenge)
    if not demanded or not demanded <= {cue.modality for cue in cues}:
        return Finding(gate="modality", code=RetryCode.NOT_VERIFIED)
    low = next((cue for cue in cues if _below_floor(cue, policy)), None)
    if low is not None:
        return Finding(gate=_floor_gate(low), code=RetryCode.NOT_VERIFIED)
    if sum(llr_of(cue, policy) for cue in cues) < policy.accept:
        return Finding(gate="evidence", code=RetryCode.NOT_VERIFIED)
    return None


def _demanded(challenge: Challenge) -> set[Modality]:
    """Return what must have spoken: light where it was shown, geometry where the head moved."""
    asked = {step.kind for step in challenge.steps} - {"baseline"}
    light = {Modality.LIGHT} if "light" in asked else set()
    return light | ({Modality.GEOMETRY} if asked - {"light"} else set())


def _below_floor(cue: CueResult, policy: FusionPolicy) -> bool:
    model = model_of(cue.modality, policy)
    return model is None or llr_of(cue, policy) < model.floor


def _floor_gate(cue: CueResult) -> str:
    return f"{cue.modality.value}_floor"


def _told(cue: CueResult, policy: FusionPolicy) -> dict[str, object]:
    return {"modality": cue.modality.value, "llr": llr_of(cue, policy), **cue.figures}


def _likeness(matched: MatchResult) -> dict[str, object]:
    return {**matched.audit, "anchor": matched.anchor, "reasons": [*matched.reasons]}


def _outcome(finding: Finding | None, cues: Sequence[CueResult]) -> Outcome:
    floors = {_floor_gate(cue) for cue in cues}
    if any(cue.spoof for cue in cues) or (finding is not None and finding.gate in floors):
        return Outcome.SPOOF
    return Outcome.UNCERTAIN if finding else Outcome.GENUINE


def _matched(result: MatchResult) -> Finding | None:
    if result.decision is Decision.SAME:
        return None
    return Finding(gate="match", code=RetryCode.NOT_VERIFIED)
