import hashlib
from pathlib import Path

import pytest

from sandbox.phone.chain import FrameChain
from sandbox.phone.client import Phone
from sandbox.phone.http import Refused
from sandbox.phone.misbehaviour import ReorderedSealing
from sandbox.phone.recording import Recording
from sandbox.phone.session import Actor, Claim
from tests.sandbox.fake_api import NONCES, SESSION, Answer, FakeApi, problem
from tests.sandbox.stage import Watch, camera

CLAIM = Claim(citizen_number="110101199003072316", name="张三")
STEPS = f"POST /v1/verifications/{SESSION}/steps"


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
            "variants": ["no_light"],
        },
    }
    assert "Idempotency-Key" in opened.headers
    assert "Authorization" not in opened.headers


def test_what_arrives_is_one_unbroken_chain(api: FakeApi, phone: Phone, actor: Actor) -> None:
    phone.verify(CLAIM, actor)
    previous = hashlib.sha256(f"zero-run frame chain v1{SESSION}".encode()).digest()
    seq = 0
    for n in (0, 1):
        (asked,) = api.asked(f"{STEPS}/{n}")
        upload = asked.upload
        assert "Idempotency-Key" not in asked.headers
        assert set(upload.media_types) == {"image/jpeg"}
        for entry, jpeg in zip(upload.entries, upload.jpegs, strict=True):
            place = seq.to_bytes(4, "big") + entry["t_ms"].to_bytes(8, "big")
            previous = hashlib.sha256(previous + NONCES[n] + place + jpeg).digest()
            assert (entry["seq"], entry["hash"]) == (seq, previous.hex())
            seq += 1
    assert seq == 45


def test_the_verdict_is_handed_back_with_what_was_sent(
    api: FakeApi, phone: Phone, actor: Actor
) -> None:
    played = phone.verify(CLAIM, actor)
    assert played.verdict.passed
    assert (played.verdict.level, played.verdict.code) == ("L1", "c1")
    assert "c1" not in repr(played.verdict)
    assert [step.kind for step in played.recording.steps] == ["baseline", "turn_left"]
    sent = api.asked(f"{STEPS}/1")[0].upload.jpegs
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
    phone.verify(CLAIM, crooked)
    sequence = [entry["seq"] for entry in api.asked(f"{STEPS}/0")[0].upload.entries]
    assert sequence == [0, 1, 2, 3, 4, 5, 7, 6, 8, 9, 10, 11, 12, 13, 14]


def test_a_recording_survives_its_folder(phone: Phone, actor: Actor, tmp_path: Path) -> None:
    recording = phone.verify(CLAIM, actor).recording
    recording.save(tmp_path / "kept")
    assert Recording.load(tmp_path / "kept") == recording
    assert recording.film_ms == pytest.approx(14 * 1000 / 15 + 29 * 1000 / 15, abs=3)
