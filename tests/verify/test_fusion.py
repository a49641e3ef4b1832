import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

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
from verify.liveness.challenge import Challenge
from verify.liveness.cues import Cue, CueResult, Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.fusion import CUES, Outcome, Verdict, judge, screen
from verify.policy.fusion import EvidenceModel, FusionPolicy
from verify.policy.verification import VerificationPolicy
from verify.results import QualityReason, Template

TURN = {"parallax": 0.09, "agreement": 0.95, "nose_gain": 1.0}
PLAIN = replace(
    DEFAULT_POLICY,
    fusion=FusionPolicy(
        models=(
            EvidenceModel(modality="geometry", bias=2.0, terms=(), least=-4, most=4, floor=-2),
            EvidenceModel(modality="light", bias=2.0, terms=(), least=-4, most=4, floor=-2),
            EvidenceModel(modality="passive", bias=0.5, terms=(), least=-3, most=0.5),
        ),
        accept=2.0,
    ),
)
"""Every modality speaks with a fixed weight, so that the rules around it show."""


def weighing(modality: Modality, bias: float) -> VerificationPolicy:
    """The plain policy, in which one modality says something else."""
    models = [
        replace(model, bias=bias) if model.modality == modality else model
        for model in PLAIN.fusion.models
    ]
    return replace(PLAIN, fusion=replace(PLAIN.fusion, models=tuple(models)))


@dataclass(frozen=True)
class Said:
    """A cue that says what it was told to."""

    result: CueResult | None

    def weigh(self, _: Sequence[StepEvidence], __: VerificationPolicy) -> CueResult | None:
        return self.result


def said(modality: Modality) -> Said:
    return Said(CueResult(modality=modality))


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


def asked(what: Challenge, steps: Sequence[StepEvidence], *, cues: Sequence[Cue]) -> Verdict:
    return judge(steps, challenge=what, template=TEMPLATE, policy=PLAIN, models={}, cues=cues)


def flat(head: Shape) -> list[StepEvidence]:
    actor = Actor(rest=head, flat=True)
    return [honest(head)[0], actor.step(step("turn_left", n=1), out_and_back(24))]


@pytest.mark.parametrize("turn", ["turn_left", "turn_right"])
def test_a_living_head_with_the_right_face_passes_at_the_level_asked_for(
    head: Shape, turn: str
) -> None:
    verdict = decided(honest(head, turn=turn), turn=turn)
    assert verdict.passed
    assert (verdict.outcome, verdict.level) == (Outcome.GENUINE, "L2")
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


def test_without_the_evidence_that_was_asked_for_nothing_passes(head: Shape) -> None:
    silent = decided(honest(head), cues=[Said(None)])
    assert (silent.retry_code, silent.level) == (RetryCode.NOT_VERIFIED, None)
    for modality in (Modality.LIGHT, Modality.PASSIVE):
        verdict = decided(honest(head), policy=PLAIN, cues=[said(modality)])
        assert (verdict.passed, verdict.audit["gate"]) == (False, "modality")
    assert not decided(honest(head), cues=[]).passed


def test_a_session_that_asked_for_light_does_not_pass_on_movement_alone(head: Shape) -> None:
    steps = [*honest(head), Actor(rest=head).step(step("light", n=2), [0.0] * 20)]
    both = replace(challenge(), level="L3", steps=tuple(one.step for one in steps))
    moved, lit = said(Modality.GEOMETRY), said(Modality.LIGHT)
    assert asked(both, steps, cues=[moved]).audit["gate"] == "modality"
    verdict = asked(both, steps, cues=[moved, lit])
    assert (verdict.passed, verdict.level) == (True, "L3")


def test_passive_traces_alone_never_make_a_session(head: Shape) -> None:
    still = replace(challenge(), steps=challenge().steps[:1])
    sure = weighing(Modality.PASSIVE, 9.0)
    verdict = judge(
        honest(head)[:1],
        challenge=still,
        template=TEMPLATE,
        policy=replace(sure, protocol=replace(sure.protocol, min_frames=1)),
        models={},
        cues=[said(Modality.PASSIVE)],
    )
    assert not verdict.passed


def test_one_modality_below_its_floor_cannot_be_outvoted(head: Shape) -> None:
    cues = [said(Modality.GEOMETRY), said(Modality.LIGHT), said(Modality.GEOMETRY)]
    verdict = decided(honest(head), policy=weighing(Modality.LIGHT, -2.5), cues=cues)
    assert (verdict.passed, verdict.audit["gate"]) == (False, "light_floor")
    assert verdict.outcome is Outcome.SPOOF


def test_passive_traces_may_accuse_and_hardly_acquit(head: Shape) -> None:
    cues = [said(Modality.GEOMETRY), said(Modality.PASSIVE)]
    assert decided(honest(head), policy=PLAIN, cues=cues).passed
    accused = decided(honest(head), policy=weighing(Modality.PASSIVE, -3.0), cues=cues)
    assert (accused.passed, accused.outcome) == (False, Outcome.UNCERTAIN)
    weak = replace(weighing(Modality.GEOMETRY, 1.0))
    assert not decided(honest(head), policy=weak, cues=cues).passed


def test_what_can_only_be_an_attack_cannot_be_outvoted(head: Shape) -> None:
    attack = Said(CueResult(modality=Modality.PASSIVE, spoof=True))
    verdict = decided(honest(head), policy=PLAIN, cues=[said(Modality.GEOMETRY), attack])
    assert (verdict.passed, verdict.outcome) == (False, Outcome.SPOOF)
    assert verdict.retry_code is RetryCode.NOT_VERIFIED


def test_little_evidence_is_not_enough(head: Shape) -> None:
    verdict = decided(
        honest(head), policy=weighing(Modality.GEOMETRY, 1.9), cues=[said(Modality.GEOMETRY)]
    )
    assert (verdict.passed, verdict.outcome) == (False, Outcome.UNCERTAIN)
    assert verdict.audit["gate"] == "evidence"


def test_a_modality_the_policy_has_no_model_for_refuses(head: Shape) -> None:
    mute = replace(PLAIN, fusion=replace(PLAIN.fusion, models=PLAIN.fusion.models[1:]))
    verdict = decided(honest(head), policy=mute, cues=[said(Modality.GEOMETRY)])
    assert (verdict.passed, verdict.audit["gate"]) == (False, "geometry_floor")
    json.loads(json.dumps(verdict.audit, allow_nan=False))


def test_a_person_is_told_at_once_only_what_can_be_mended(head: Shape) -> None:
    def found(code: RetryCode) -> Finding | None:
        broken = Finding(gate="some", code=code)
        cue = Said(CueResult(modality=Modality.GEOMETRY, finding=broken))
        return screen(honest(head), DEFAULT_POLICY, cues=[cue])

    for code in (RetryCode.ACTION_NOT_SEEN, RetryCode.TOO_FAST):
        assert found(code) == Finding(gate="some", code=code)
    for code in (RetryCode.NOT_VERIFIED, RetryCode.REJECTED_PROTOCOL):
        assert found(code) is None


def test_the_audit_record_has_every_figure_and_is_plain_json(head: Shape) -> None:
    for steps in (honest(head), flat(head), honest(head)[:1]):
        audit = json.loads(json.dumps(decided(steps).audit))
        assert audit["policy"] == DEFAULT_POLICY.version
        assert audit["models"] == {"mesh": "00"}
        assert {"outcome", "gate", "match", "cues"} <= set(audit)
    assert "parallax" in json.dumps(decided(honest(head)).audit)


PARTS = [field.name for field in fields(DEFAULT_POLICY) if field.name != "name"]


@pytest.mark.parametrize("part", PARTS)
def test_a_policy_with_an_empty_part_refuses_to_judge(head: Shape, part: str) -> None:
    empty = type(getattr(DEFAULT_POLICY, part))()
    policy = replace(DEFAULT_POLICY, **{part: empty})
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
