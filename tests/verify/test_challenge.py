import base64
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.defaults.challenge import CHALLENGE
from verify.defaults.presence import PRESENCE
from verify.defaults.protocol import PROTOCOL
from verify.errors import EvidenceRefused
from verify.liveness.challenge import KINDS, Challenge, Step, choose_variant, plan
from verify.policy.challenge import ChallengePolicy, Variant

FULL, NO_LIGHT, NO_MOTION = CHALLENGE.variants
TURNS = {"turn_left", "turn_right"}

variants = st.sampled_from(CHALLENGE.variants)
seeds = st.integers(0, 2**32)


def drawn(variant: Variant = FULL, seed: int = 1) -> Challenge:
    rng = np.random.default_rng(seed)
    return plan(
        variant,
        policy=CHALLENGE,
        randbelow=lambda limit: int(rng.integers(limit)),
        token=rng.bytes,
    )


def counted(of: Callable[[Challenge], object], variant: Variant = FULL) -> Counter[object]:
    return Counter(of(drawn(variant, seed)) for seed in range(400))


@given(variants, seeds)
def test_every_session_starts_still(variant: Variant, seed: int) -> None:
    kinds = [step.kind for step in drawn(variant, seed).steps]
    assert kinds[0] == "baseline"
    assert kinds.count("baseline") == 1
    assert [step.n for step in drawn(variant, seed).steps] == list(range(len(kinds)))


@given(variants, seeds)
def test_a_session_that_moves_turns_and_never_asks_the_same_twice(
    variant: Variant, seed: int
) -> None:
    kinds = [step.kind for step in drawn(variant, seed).steps]
    moves = [kind for kind in kinds if kind not in {"baseline", "light"}]
    fewest, most = variant.moves
    assert fewest <= len(moves) <= most
    assert len(set(moves)) == len(moves)
    assert bool(TURNS & set(moves)) is bool(most)


@given(variants, seeds)
def test_light_comes_in_two_blocks_of_four_pictures(variant: Variant, seed: int) -> None:
    lit = [step for step in drawn(variant, seed).steps if step.kind == "light"]
    assert [len(step.segments) for step in lit] == ([4, 4] if variant.segments else [])
    for step in lit:
        assert step.hold_ms == 4 * step.segment_ms + 400
        assert step.hold_ms < step.window_ms
    assert not any(step.segments for step in drawn(variant, seed).steps if step.kind != "light")


def _sure(step: Step) -> int:
    """Frames that are described however short the step is."""
    return sum(place < step.min_frames for place in step.described)


@given(variants, seeds)
def test_every_session_has_enough_frames_and_faces_to_judge(variant: Variant, seed: int) -> None:
    steps = drawn(variant, seed).steps
    assert sum(step.min_frames for step in steps) >= PROTOCOL.min_frames
    assert sum(_sure(step) for step in steps) >= PRESENCE.min_embeddings
    for step in steps:
        assert _sure(step) >= 1, "whoever swaps faces between two steps must be met in each"
        assert step.max_frames * 1000 / 15 >= step.hold_ms
        assert step.min_frames <= step.max_frames
        assert max(step.described) < step.max_frames


@given(variants, seeds)
def test_every_nonce_is_fresh(variant: Variant, seed: int) -> None:
    nonces = [step.nonce for step in drawn(variant, seed).steps]
    assert len(set(nonces)) == len(nonces)
    assert {len(nonce) for nonce in nonces} == {16}


@given(variants, seeds)
def test_a_challenge_survives_storage(variant: Variant, seed: int) -> None:
    challenge = drawn(variant, seed)
    assert Challenge.from_bytes(challenge.to_bytes()) == challenge


def test_nothing_else_reads_as_a_challenge() -> None:
    content = drawn().to_bytes()
    for broken in (b"", content[:-1], content + b"x", b"zr1" + content[3:][::-1]):
        with pytest.raises(EvidenceRefused):
            Challenge.from_bytes(broken)


def test_nobody_can_foresee_what_comes_when() -> None:
    second = counted(lambda challenge: challenge.steps[1].kind)
    assert set(second) == {*CHALLENGE.turns, *CHALLENGE.others, "light"}
    assert min(second.values()) > 15
    turns = counted(lambda c: next(s.kind for s in c.steps if s.kind in TURNS))
    assert min(turns.values()) > 150
    orders = counted(lambda challenge: tuple(step.kind for step in challenge.steps))
    assert max(orders.values()) < 20


def test_the_phone_is_told_what_it_needs_and_no_more() -> None:
    for step in drawn().steps:
        told = step.public()
        assert set(told) == {
            "n",
            "kind",
            "parameters",
            "nonce",
            "window_ms",
            "min_frames",
            "max_frames",
            "hold_ms",
        }
        assert base64.urlsafe_b64decode(str(told["nonce"]) + "==") == step.nonce
        assert bool(told["parameters"]) is (step.kind == "light")


def test_a_light_step_tells_its_pictures_and_how_long_each_is_shown() -> None:
    step = next(step for step in drawn().steps if step.kind == "light")
    told = step.public()["parameters"]
    assert isinstance(told, dict)
    assert told["segment_ms"] == 400
    assert [segment["pattern"] for segment in told["segments"]] == [
        segment.pattern.value for segment in step.segments
    ]
    assert all(set(segment) == {"pattern", "first", "second"} for segment in told["segments"])


@pytest.mark.parametrize(
    ("purpose", "offered", "chosen"),
    [
        ("login", {"full", "no_light", "no_motion"}, "full"),
        ("login", {"no_motion"}, "no_motion"),
        ("step_up", {"no_light", "no_motion"}, "no_light"),
        ("step_up", {"no_motion"}, None),
        ("login", set(), None),
        ("login", {"other"}, None),
        ("other", {"full"}, None),
    ],
)
def test_a_purpose_gets_the_best_variant_it_accepts_and_no_other(
    purpose: str, offered: set[str], chosen: str | None
) -> None:
    variant = choose_variant(CHALLENGE, purpose=purpose, offered=offered)
    assert (variant and variant.name) == chosen
    assert choose_variant(ChallengePolicy(), purpose=purpose, offered=offered) is None


def test_assurance_falls_with_what_is_left_out() -> None:
    assert [variant.level for variant in CHALLENGE.variants] == ["L3", "L2", "L1"]
    assert drawn(NO_LIGHT).level == "L2"
    assert drawn(NO_MOTION).variant == "no_motion"


def test_every_purpose_and_variant_names_what_exists() -> None:
    known = {variant.name for variant in CHALLENGE.variants}
    assert all(set(names) <= known for _, names in CHALLENGE.purposes)
    assert {*CHALLENGE.turns, *CHALLENGE.others} <= set(KINDS)
