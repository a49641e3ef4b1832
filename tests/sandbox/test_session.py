import hashlib
from pathlib import Path

import pytest

from sandbox.phone.chain import FrameChain
from sandbox.phone.client import Phone
from sandbox.phone.http import Refused
from sandbox.phone.misbehaviour import ReorderedSealing
from sandbox.phone.recording import Recording
from sandbox.phone.session import Actor, Claim
from tests.sandbox.fake_api import NONCES, SESSION, Answer, FakeApi, default_answers, problem
from tests.sandbox.stage import Watch, camera

CLAIM = Claim(citizen_number="110101199003072316", name="张三")
PATH = f"/v1/verifications/{SESSION}/steps"
STEPS = f"POST {PATH}"


@pytest.fixture
def actor() -> Actor:
    return Actor(filming=camera(Watch()))


def test_a_session_is_opened_with_claim_and_consent(
    api: FakeApi, phone: Phone, actor: Actor
) -> None:
    phone.verify(CLAIM, actor)
    (opened,) = api.asked("POST /v1/verifications")
    assert opened.json == {
        "citizen_number": "110101199003072316",
        "name": "张三",
        "purpose": "login",
        "consent": {"text_version": "2026-11", "accepted": True},
        "capabilities": {
            "camera": {"width": 480, "height": 640, "fps": 15},
            "variants": ["full", "no_light", "no_motion"],
        },
    }
    assert "Idempotency-Key" in opened.headers
    assert "Authorization" not in opened.headers


@pytest.mark.parametrize("streaming", [True, False])
def test_what_arrives_is_one_unbroken_chain(
    api: FakeApi, phone: Phone, actor: Actor, *, streaming: bool
) -> None:
    played = phone.verify(CLAIM, actor, streaming=streaming)
    previous = hashlib.sha256(f"zero-run frame chain v1{SESSION}".encode()).digest()
    seq = 0
    for n in (0, 1):
        for upload in api.uploads(f"{PATH}/{n}"):
            assert set(upload.media_types) == {"image/jpeg"}
            for entry, jpeg in zip(upload.entries, upload.jpegs, strict=True):
                place = seq.to_bytes(4, "big") + entry["t_ms"].to_bytes(8, "big")
                previous = hashlib.sha256(previous + NONCES[n] + place + jpeg).digest()
                assert (entry["seq"], entry["hash"]) == (seq, previous.hex())
                seq += 1
    assert seq == sum(len(step.frames) for step in played.recording.steps) > 30
    assert not any("Idempotency-Key" in got.headers for got in api.received[1:])


def test_a_step_goes_out_in_numbered_parts_and_an_end(
    api: FakeApi, phone: Phone, actor: Actor
) -> None:
    phone.verify(CLAIM, actor)
    turn = [got.path for got in api.received if got.path.startswith(f"{PATH}/1")]
    parts = len(turn) - 1
    assert parts >= 2
    assert turn == [*(f"{PATH}/1/parts/{k}" for k in range(parts)), f"{PATH}/1"]


def test_a_step_can_go_out_at_once(api: FakeApi, phone: Phone, actor: Actor) -> None:
    phone.verify(CLAIM, actor, streaming=False)
    assert [got.path for got in api.received[1:]] == [f"{PATH}/0", f"{PATH}/1"]


def test_a_session_that_ends_within_a_step_gets_no_more_frames(
    api: FakeApi, phone: Phone, actor: Actor
) -> None:
    failed = {"id": SESSION, "status": "FAILED", "retry_code": "TWO_FACES", "hint": "alone"}
    api.answers[f"{STEPS}/1/parts/0"] = Answer(200, failed)
    played = phone.verify(CLAIM, actor)
    assert (played.verdict.passed, played.verdict.retry_code) == (False, "TWO_FACES")
    assert not api.asked(f"{STEPS}/1")


def test_a_refused_part_is_an_error(api: FakeApi, phone: Phone, actor: Actor) -> None:
    api.answers[f"{STEPS}/1/parts/1"] = problem(409, "PART_OUT_OF_ORDER")
    with pytest.raises(Refused, match="PART_OUT_OF_ORDER"):
        phone.verify(CLAIM, actor)


def test_only_a_light_step_tells_when_it_showed(api: FakeApi, phone: Phone, actor: Actor) -> None:
    api.answers |= default_answers("light")
    phone.verify(CLAIM, actor)
    told = [upload.shown_ms for upload in api.uploads(f"{PATH}/1")]
    assert len(set(told)) == 1
    assert told[0] is not None
    assert {upload.shown_ms for upload in api.uploads(f"{PATH}/0")} == {None}


def test_the_verdict_is_handed_back_with_what_was_sent(
    api: FakeApi, phone: Phone, actor: Actor
) -> None:
    played = phone.verify(CLAIM, actor)
    assert played.verdict.passed
    assert (played.verdict.level, played.verdict.code) == ("L1", "c1")
    assert "c1" not in repr(played.verdict)
    assert [step.kind for step in played.recording.steps] == ["baseline", "turn_left"]
    sent = [jpeg for upload in api.uploads(f"{PATH}/1") for jpeg in upload.jpegs]
    assert [frame.jpeg for frame in played.recording.step(1).frames] == sent


def test_a_failed_verification_is_an_answer_not_an_error(
    api: FakeApi, phone: Phone, actor: Actor
) -> None:
    failed = {"id": SESSION, "status": "FAILED", "retry_code": "NOT_VERIFIED", "hint": "again"}
    api.answers[f"{STEPS}/0"] = Answer(200, failed)
    verdict = phone.verify(CLAIM, actor).verdict
    assert (verdict.passed, verdict.retry_code, verdict.code) == (False, "NOT_VERIFIED", "")


def test_a_refused_step_is_an_error(api: FakeApi, phone: Phone, actor: Actor) -> None:
    api.answers[f"{STEPS}/1"] = problem(410, "SESSION_ENDED")
    with pytest.raises(Refused, match="SESSION_ENDED"):
        phone.verify(CLAIM, actor)


def test_misbehaviour_reaches_the_wire(api: FakeApi, phone: Phone, actor: Actor) -> None:
    crooked = Actor(filming=actor.filming, sealing=lambda id_: ReorderedSealing(FrameChain(id_)))
    phone.verify(CLAIM, crooked, streaming=False)
    sequence = [entry["seq"] for entry in api.asked(f"{STEPS}/0")[0].upload.entries]
    middle = len(sequence) // 2
    swapped = [*range(middle - 1), middle, middle - 1, *range(middle + 1, len(sequence))]
    assert sequence == swapped


def test_a_recording_survives_its_folder(phone: Phone, actor: Actor, tmp_path: Path) -> None:
    recording = phone.verify(CLAIM, actor).recording
    recording.save(tmp_path / "kept")
    assert Recording.load(tmp_path / "kept") == recording
    assert 2000 < recording.film_ms < 5000
