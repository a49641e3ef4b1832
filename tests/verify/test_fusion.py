import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from tests.verify.sessions import (
    STRANGER,
    TEMPLATE,
    Actor,
    Shape,
    challenge,
    edited,
    honest,
    out_and_back,
    step,
)
from verify.defaults import DEFAULT_POLICY
from verify.errors import PolicyRefused
from verify.liveness.cues import Cue, CueResult, Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import RetryCode
from verify.liveness.fusion import CUES, Outcome, Verdict, judge, screen
from verify.policy import LivenessPolicy, MatchPolicy, QualityPolicy, VerificationPolicy
from verify.results import QualityReason, Template


@dataclass(frozen=True)
class Said:
    """A cue that says what it was told to."""

    result: CueResult | None

    def weigh(self, _: Sequence[StepEvidence], __: LivenessPolicy) -> CueResult | None:
        return self.result


def decided(
    steps: Sequence[StepEvidence],
    *,
    turn: str = "turn_left",
    template: Template | None = TEMPLATE,
    policy: VerificationPolicy = DEFAULT_POLICY,
    cues: Sequence[Cue] = CUES,
) -> Verdict:
    return judge(
        steps,
        challenge=challenge(turn),
        template=template,
        policy=policy,
        models={"mesh": "00"},
        cues=cues,
    )


def flat(head: Shape) -> list[StepEvidence]:
    actor = Actor(rest=head, flat=True)
    return [honest(head)[0], actor.step(step("turn_left", n=1), out_and_back(24))]


@pytest.mark.parametrize("turn", ["turn_left", "turn_right"])
def test_a_living_head_with_the_right_face_passes_at_level_one(head: Shape, turn: str) -> None:
    verdict = decided(honest(head, turn=turn), turn=turn)
    assert verdict.passed
    assert (verdict.outcome, verdict.level) == (Outcome.GENUINE, "L1")
    assert verdict.retry_code is None


def test_a_wrong_face_is_not_verified_though_it_lives(head: Shape) -> None:
    verdict = decided(honest(head), template=Template(embedding=STRANGER))
    assert (verdict.passed, verdict.level) == (False, None)
    assert verdict.retry_code is RetryCode.NOT_VERIFIED
    assert verdict.outcome is Outcome.GENUINE


def test_an_unknown_person_gets_the_answer_of_a_wrong_face(head: Shape) -> None:
    wrong = decided(honest(head), template=Template(embedding=STRANGER))
    unknown = decided(honest(head), template=None)
    assert replace(wrong, audit={}) == replace(unknown, audit={})


def test_a_person_swapped_in_mid_session_is_not_verified(head: Shape) -> None:
    steps = honest(head)
    steps[1] = Actor(rest=head, embedding=STRANGER).step(step("turn_left", n=1), out_and_back(24))
    verdict = decided(steps)
    assert verdict.retry_code is RetryCode.NOT_VERIFIED
    assert verdict.audit["match"]["reasons"] == ["PERSON_CHANGED"]


def test_a_flat_picture_is_a_spoof_and_the_caller_hears_only_not_verified(head: Shape) -> None:
    verdict = decided(flat(head))
    assert (verdict.outcome, verdict.retry_code) == (Outcome.SPOOF, RetryCode.NOT_VERIFIED)
    assert not verdict.passed


def test_a_missing_action_is_uncertain_not_a_spoof(head: Shape) -> None:
    verdict = decided([honest(head)[0], Actor(rest=head).step(step("turn_left", n=1), [0.0] * 25)])
    assert (verdict.outcome, verdict.retry_code) == (Outcome.UNCERTAIN, RetryCode.ACTION_NOT_SEEN)


def test_the_answered_steps_must_be_the_challenge_s(head: Shape) -> None:
    steps = honest(head)
    for wrong in ([], steps[:1], steps[::-1], [*steps, steps[1]]):
        verdict = decided(wrong)
        assert verdict.retry_code is RetryCode.REJECTED_PROTOCOL
        assert not verdict.passed
    assert decided(steps, turn="turn_right").retry_code is RetryCode.REJECTED_PROTOCOL


def test_an_empty_challenge_is_never_passed() -> None:
    nothing = replace(challenge(), steps=())
    verdict = judge([], challenge=nothing, template=TEMPLATE, policy=DEFAULT_POLICY, models={})
    assert (verdict.passed, verdict.audit["gate"]) == (False, "steps")


def test_a_broken_frame_gate_ends_the_session(head: Shape) -> None:
    dark = edited(honest(head)[0], lambda f: replace(f, reasons=(QualityReason.TOO_DARK,)))
    verdict = decided([dark, honest(head)[1]])
    assert (verdict.retry_code, verdict.outcome) == (RetryCode.TOO_DARK, Outcome.UNCERTAIN)


def test_duplicates_across_steps_end_the_session(head: Shape) -> None:
    first, second = honest(head)
    same = first.frames[0].digest
    second = edited(second, lambda frame: replace(frame, digest=same), count=1)
    assert decided([first, second]).audit["gate"] == "duplicates"


def test_without_any_evidence_of_geometry_nothing_passes(head: Shape) -> None:
    silent = decided(honest(head), cues=[Said(None)])
    assert (silent.retry_code, silent.level) == (RetryCode.NOT_VERIFIED, None)
    lit = CueResult(modality=Modality.LIGHT, llr=4.0)
    assert not decided(honest(head), cues=[Said(lit)]).passed
    assert not decided(honest(head), cues=[]).passed


def test_light_beside_geometry_raises_the_level(head: Shape) -> None:
    lit = Said(CueResult(modality=Modality.LIGHT, llr=3.0))
    assert decided(honest(head), cues=[*CUES, lit]).level == "L3"


def test_one_cue_below_its_floor_cannot_be_outvoted(head: Shape) -> None:
    dark = Said(CueResult(modality=Modality.LIGHT, llr=-2.5))
    sure = Said(CueResult(modality=Modality.GEOMETRY, llr=4.0))
    verdict = decided(honest(head), cues=[sure, sure, dark])
    assert (verdict.passed, verdict.audit["gate"]) == (False, "light_floor")


def test_what_can_only_be_an_attack_cannot_be_outvoted(head: Shape) -> None:
    attack = Said(CueResult(modality=Modality.PASSIVE, llr=0.0, spoof=True))
    verdict = decided(honest(head), cues=[*CUES, attack])
    assert (verdict.passed, verdict.outcome) == (False, Outcome.SPOOF)


def test_little_evidence_is_not_enough(head: Shape) -> None:
    weak = Said(CueResult(modality=Modality.GEOMETRY, llr=0.5))
    verdict = decided(honest(head), cues=[weak])
    assert (verdict.passed, verdict.outcome) == (False, Outcome.UNCERTAIN)
    assert verdict.audit["gate"] == "evidence"


def test_the_audit_record_has_every_figure_and_is_plain_json(head: Shape) -> None:
    for steps in (honest(head), flat(head), honest(head)[:1]):
        audit = json.loads(json.dumps(decided(steps).audit))
        assert audit["policy"] == DEFAULT_POLICY.version
        assert audit["models"] == {"mesh": "00"}
        assert {"outcome", "gate", "match", "cues"} <= set(audit)
    assert "parallax" in json.dumps(decided(honest(head)).audit)


@pytest.mark.parametrize(
    "policy",
    [
        VerificationPolicy(),
        replace(DEFAULT_POLICY, match=MatchPolicy()),
        replace(DEFAULT_POLICY, liveness=LivenessPolicy()),
        replace(DEFAULT_POLICY, quality=QualityPolicy()),
    ],
)
def test_a_policy_with_an_empty_part_refuses_to_judge(
    head: Shape, policy: VerificationPolicy
) -> None:
    with pytest.raises(PolicyRefused):
        decided(honest(head), policy=policy)
    with pytest.raises(PolicyRefused):
        screen(honest(head), policy)


def test_a_bad_baseline_ends_a_session_early(head: Shape) -> None:
    assert screen(honest(head)[:1], DEFAULT_POLICY) is None
    aside = Actor(rest=head).step(step(), [25.0] * 15)
    finding = screen([aside], DEFAULT_POLICY)
    assert finding is not None
    assert finding.code is RetryCode.NOT_ALIGNED
    dark = edited(honest(head)[0], lambda f: replace(f, reasons=(QualityReason.TOO_DARK,)))
    finding = screen([dark], DEFAULT_POLICY)
    assert finding is not None
    assert finding.code is RetryCode.TOO_DARK


def test_evidence_survives_storage_unchanged(head: Shape) -> None:
    for evidence in honest(head):
        content = evidence.to_bytes()
        assert StepEvidence.from_bytes(content) == evidence
        assert len(content) < 5000 * len(evidence.frames)
