import base64
import secrets
from collections import Counter

import pytest

from verify.errors import EvidenceRefused
from verify.liveness.challenge import KINDS, VARIANTS, Challenge, StepKind, plan


def drawn() -> Challenge:
    return plan(randbelow=secrets.randbelow, token=secrets.token_bytes)


def test_a_session_starts_still_and_ends_with_a_turn_nobody_can_foresee() -> None:
    turns = Counter(drawn().steps[1].kind for _ in range(200))
    assert set(turns) == {"turn_left", "turn_right"}
    assert min(turns.values()) > 50
    assert all(step.steps[0].kind == "baseline" for step in (drawn(), drawn()))


def test_every_nonce_is_fresh() -> None:
    nonces = [step.nonce for _ in range(50) for step in drawn().steps]
    assert len(set(nonces)) == len(nonces)
    assert {len(nonce) for nonce in nonces} == {16}


def test_the_phone_is_told_what_it_needs_and_no_more() -> None:
    step = drawn().steps[1]
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


def test_a_challenge_survives_storage_and_nothing_else_reads_as_one() -> None:
    challenge = drawn()
    content = challenge.to_bytes()
    assert Challenge.from_bytes(content) == challenge
    for broken in (b"", content[:-1], content + b"x", b"zr1" + content[3:][::-1]):
        with pytest.raises(EvidenceRefused):
            Challenge.from_bytes(broken)


def test_an_unknown_variant_is_an_error_not_a_guess() -> None:
    with pytest.raises(KeyError):
        plan(randbelow=secrets.randbelow, token=secrets.token_bytes, variant="other")


def test_a_new_kind_needs_only_an_entry() -> None:
    nod = StepKind(
        name="nod",
        window_ms=1,
        min_frames=2,
        max_frames=3,
        hold_ms=4,
        embeddings=0,
    )
    challenge = plan(
        randbelow=lambda _: 0,
        token=bytes,
        variant="mine",
        kinds={**KINDS, "nod": nod},
        variants={"mine": [["nod"], ["baseline"]]},
    )
    assert [step.kind for step in challenge.steps] == ["nod", "baseline"]


def test_every_variant_names_known_kinds_and_asks_for_enough_frames() -> None:
    for places in VARIANTS.values():
        assert all(kind in KINDS for place in places for kind in place)
        assert sum(min(KINDS[kind].min_frames for kind in place) for place in places) >= 24
        assert sum(min(KINDS[kind].embeddings for kind in place) for place in places) >= 5
