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
from verify.liveness.motion import TurnCue, check_rest
from verify.matching import match
from verify.policy import LivenessPolicy, VerificationPolicy
from verify.results import Decision, MatchResult, Template

CUES: tuple[Cue, ...] = (TurnCue(),)
"""What is weighed unless the caller says otherwise."""


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
    """Assurance of a pass: L1 without a light verdict's help. None when it did not pass."""
    retry_code: RetryCode | None
    """What the person may be told. None when it passed."""
    audit: Mapping[str, object]
    """Every figure, the policy's version and the models, as JSON values; for the audit record
    alone: a score told outside teaches how to climb."""


def screen(steps: Sequence[StepEvidence], policy: VerificationPolicy) -> Finding | None:
    """Look at what is there of an unfinished session; a finding ends it early.

    Raises:
        PolicyRefused: The policy, or a part of it, is empty.
    """
    _demand(policy)
    for step in steps:
        finding = check_frames(step, policy.liveness)
        if finding is None and not step.direction:
            finding = check_rest(step, policy.liveness)
        if finding is not None:
            return finding
    return None


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
    3. No cue finds its own gate broken, and no cue is below its floor.
    4. The cues' log-likelihood ratios add up to enough.
    5. The faces are one person, and the one of the template.

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
    weighed = [] if finding else _weigh(steps, cues, policy.liveness)
    # 3 and 4
    finding = finding or _weighed(weighed, policy.liveness)
    outcome = _outcome(finding, weighed)
    # 5
    faces = [embedding for step in steps for embedding in step.embeddings]
    matched = match(template, faces, policy.match)
    finding = finding or _matched(matched)
    return Verdict(
        outcome=outcome,
        passed=finding is None,
        level=None if finding else _level(weighed),
        retry_code=None if finding is None else finding.code,
        audit={
            "policy": policy.version,
            "models": dict(models),
            "outcome": outcome.value,
            "gate": None if finding is None else finding.gate,
            "match": {**matched.audit, "anchor": matched.anchor, "reasons": [*matched.reasons]},
            "cues": [
                {"modality": cue.modality.value, "llr": cue.llr, **cue.figures} for cue in weighed
            ],
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
    return screen(steps, policy) or check_session(steps, policy.liveness)


def _weigh(
    steps: Sequence[StepEvidence],
    cues: Sequence[Cue],
    policy: LivenessPolicy,
) -> list[CueResult]:
    results = [cue.weigh(steps, policy) for cue in cues]
    return [result for result in results if result is not None]


def _weighed(cues: Sequence[CueResult], policy: LivenessPolicy) -> Finding | None:
    for cue in cues:
        if cue.finding is not None:
            return cue.finding
        if cue.spoof or cue.llr < policy.floor_llr:
            return Finding(gate=f"{cue.modality.value}_floor", code=RetryCode.NOT_VERIFIED)
    if sum(cue.llr for cue in cues) < policy.accept_llr or not _level(cues):
        return Finding(gate="evidence", code=RetryCode.NOT_VERIFIED)
    return None


def _outcome(finding: Finding | None, cues: Sequence[CueResult]) -> Outcome:
    if any(cue.spoof for cue in cues):
        return Outcome.SPOOF
    return Outcome.UNCERTAIN if finding else Outcome.GENUINE


def _matched(result: MatchResult) -> Finding | None:
    if result.decision is Decision.SAME:
        return None
    return Finding(gate="match", code=RetryCode.NOT_VERIFIED)


def _level(cues: Sequence[CueResult]) -> str | None:
    """Return the assurance level; without geometry there is none."""
    seen = {cue.modality for cue in cues}
    if Modality.GEOMETRY not in seen:
        return None
    return "L3" if Modality.LIGHT in seen else "L1"
