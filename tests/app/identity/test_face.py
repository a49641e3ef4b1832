"""The door to the face library: what goes in, what comes out, and which errors never do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.core.errors import DomainError
from app.identity.face import Faces, translation
from app.identity.ports import Capture, Frame
from verify.defaults import DEFAULT_POLICY
from verify.errors import (
    Code,
    EngineBusy,
    FaceRefused,
    ImageRefused,
    ModelRefused,
    VerifyError,
)
from verify.liveness.challenge import Challenge
from verify.liveness.protocol import first_link, frame_hash
from verify.policy import VerificationPolicy
from verify.results import Embedding, FrameMeasurement, Template

SESSION = "vrf_" + "a" * 26


class FakeEngine:
    """Enrols and measures anything, or raises what it was given."""

    def __init__(self, fault: VerifyError | None = None) -> None:
        self.fault = fault
        self.enrolled: list[bytes] = []

    def enrol(self, photo: bytes) -> Template:
        self.enrolled.append(photo)
        if self.fault is not None:
            raise self.fault
        return Template(embedding=Embedding(sface=bytes(512), dlib=bytes(512)))

    def measure(self, frames: Sequence[bytes], *, embed: int = 0) -> tuple[FrameMeasurement, ...]:
        assert embed > 0
        if self.fault is not None:
            raise self.fault
        return tuple(_nothing(n) for n in range(len(frames)))


def _nothing(n: int) -> FrameMeasurement:
    return FrameMeasurement(
        width=640,
        height=480,
        faces=0,
        face=None,
        reasons=(),
        digest=bytes(16),
        phash=bytes([n]) * 32,
        thumb=bytes(576),
    )


def faces(engine: FakeEngine | None = None, policy: VerificationPolicy = DEFAULT_POLICY) -> Faces:
    return Faces(engine=engine or FakeEngine(), policy=policy, models={}, decoy=b"decoy")


def kinds_of_errors(kind: type[VerifyError] = VerifyError) -> set[type[VerifyError]]:
    below = kind.__subclasses__()
    return {kind for child in below for kind in {child, *kinds_of_errors(child)}}


def all_errors() -> list[VerifyError]:
    """Each kind of error of the library, and each code a picture can be refused with."""
    images = [ImageRefused(code, 3) for code in Code if "IMAGE" in code]
    others: list[VerifyError] = [EngineBusy(7), FaceRefused("NO_FACE"), ModelRefused("DIFFERS")]
    plain = kinds_of_errors() - {ImageRefused, *map(type, others)}
    return [*images, *others, *(kind() for kind in sorted(plain, key=str))]  # type: ignore[call-arg]


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: f"{type(error).__name__}-{error}")
def test_every_error_of_the_library_is_translated(error: VerifyError) -> None:
    translated = translation(error)

    assert isinstance(translated, DomainError)
    assert 413 <= translated.kind.status <= 503
    assert error.code not in translated.kind.en


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: f"{type(error).__name__}-{error}")
def test_no_error_of_the_library_leaves_the_door(error: VerifyError) -> None:
    door = faces(FakeEngine(error))

    with pytest.raises(DomainError):
        door.measure(capture(door), chain=door.check(capture(door)).chain)
    if not isinstance(error, FaceRefused | ImageRefused):
        with pytest.raises(DomainError):
            door.enrol(b"photo")


def test_a_full_queue_says_when_to_come_back() -> None:
    translated = translation(EngineBusy(7))

    assert (translated.kind.status, translated.retry_after) == (503, 7)


def test_a_photograph_without_a_face_enrols_nobody() -> None:
    assert faces(FakeEngine(FaceRefused("NO_FACE"))).enrol(b"photo") is None
    assert faces(FakeEngine(ImageRefused("IMAGE_BROKEN"))).enrol(b"photo") is None


def test_without_a_photograph_a_decoy_is_enrolled_and_thrown_away() -> None:
    engine = FakeEngine()

    assert faces(engine).enrol(None) is None
    assert faces(engine).enrol(b"photo") is not None
    assert engine.enrolled == [b"decoy", b"photo"]


def test_an_empty_policy_decides_nothing() -> None:
    door = faces(policy=VerificationPolicy())
    drawn = door.plan(SESSION, variants={"no_light"})
    assert drawn is not None

    with pytest.raises(DomainError):
        door.judge([], challenge=drawn.challenge, template=None)


def test_evidence_that_was_damaged_is_an_error_of_ours() -> None:
    with pytest.raises(DomainError, match="INTERNAL"):
        faces().screen([b"damaged"])


def test_a_device_without_a_known_variant_gets_no_plan() -> None:
    assert faces().plan(SESSION, variants={"telepathy"}) is None
    drawn = faces().plan(SESSION, variants={"telepathy", "no_light"})
    assert drawn is not None
    assert faces().reveal(drawn.challenge, 0).public["kind"] == "baseline"
    assert faces().reveal(drawn.challenge, 1).public["kind"] in {"turn_left", "turn_right"}


def test_a_chained_capture_is_believed_and_a_broken_link_is_not() -> None:
    door = faces()
    good = capture(door)
    bad = Capture(
        challenge=good.challenge,
        chain=good.chain,
        n=0,
        frames=[*good.frames[:-1], Frame(seq=11, t_ms=1011 * 66, link=bytes(32), content=b"x")],
        revealed_ms=good.revealed_ms,
        received_ms=good.received_ms,
    )

    assert door.check(good).finding is None
    found = door.check(bad).finding
    assert found is not None
    assert found.code == "REJECTED_PROTOCOL"


def test_a_session_repeats_another_when_most_of_its_frames_do() -> None:
    door = faces()
    earlier = [bytes([value]) * 32 for value in (0b1010, 0b10101010)]
    near = bytes([0b1010]) * 31 + bytes([0b1011])
    far = bytes([0b01010101]) * 32

    assert door.alike([near, near, far], earlier)
    assert not door.alike([near, far, far], earlier)
    assert not door.alike([near], [])


def capture(door: Faces) -> Capture:
    """Twelve frames of 15 fps, chained as the first step asks."""
    drawn = door.plan(SESSION, variants={"no_light"})
    assert drawn is not None
    nonce = Challenge.from_bytes(drawn.challenge).steps[0].nonce
    previous, frames = first_link(SESSION), []
    for seq in range(12):
        t_ms, content = 66_000 + 100 * seq, b"frame %d" % seq
        previous = frame_hash(previous=previous, nonce=nonce, seq=seq, t_ms=t_ms, jpeg=content)
        frames.append(Frame(seq=seq, t_ms=t_ms, link=previous, content=content))
    return Capture(
        challenge=drawn.challenge,
        chain=drawn.chain,
        n=0,
        frames=frames,
        revealed_ms=1_000_000,
        received_ms=1_002_000,
    )
