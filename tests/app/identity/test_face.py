"""The door to the face library: what goes in, what comes out, and which errors never do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from inspect import signature

import pytest

from app.core.errors import DomainError
from app.identity.face import Faces, translation
from app.identity.ports import Capture, ChainHead, Frame, Provenance, Upload
from verify.defaults import DEFAULT_POLICY
from verify.errors import Code, EngineBusy, FaceRefused, ImageRefused, VerifyError
from verify.liveness.chain import ChainState, first_link, frame_hash
from verify.liveness.challenge import Challenge
from verify.liveness.evidence import StepEvidence
from verify.policy.verification import VerificationPolicy
from verify.results import Embedding, FrameMeasurement, Template
from verify.wanted import Wanted

SESSION = "vrf_" + "a" * 26


class FakeEngine:
    """Enrols and measures anything, or raises what it was given."""

    def __init__(self, fault: VerifyError | None = None) -> None:
        self.fault = fault
        self.enrolled: list[bytes] = []
        self.wanted: list[Wanted] = []

    def enrol(self, photo: bytes) -> Template:
        self.enrolled.append(photo)
        if self.fault is not None:
            raise self.fault
        return Template(embedding=Embedding(sface=bytes(512), dlib=bytes(512)))

    def measure(self, frames: Sequence[bytes], *, wanted: Wanted) -> tuple[FrameMeasurement, ...]:
        self.wanted.append(wanted)
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


def made(kind: type[VerifyError]) -> VerifyError:
    """An error of this kind, whatever it wants to be told."""
    wanted = [p for p in signature(kind).parameters.values() if p.default is p.empty]
    return kind(*({int: 7}.get(p.annotation, "SOME_CODE") for p in wanted))  # type: ignore[arg-type]


def all_errors() -> list[VerifyError]:
    """Each kind of error of the library, and each code a picture can be refused with."""
    images = [ImageRefused(code, 3) for code in Code if "IMAGE" in code]
    return [*images, *(made(kind) for kind in sorted(kinds_of_errors() - {ImageRefused}, key=str))]


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
    drawn = faces().plan(SESSION, purpose="login", variants={"no_light"})
    assert drawn is not None

    assert door.plan(SESSION, purpose="login", variants={"no_light"}) is None
    with pytest.raises(DomainError):
        door.judge([], challenge=drawn.challenge, template=None)


def test_evidence_that_was_damaged_is_an_error_of_ours() -> None:
    with pytest.raises(DomainError, match="INTERNAL"):
        faces().screen([b"damaged"])


@pytest.mark.parametrize(
    ("purpose", "offered", "chosen"),
    [
        ("login", {"telepathy"}, None),
        ("login", {"telepathy", "no_light"}, "no_light"),
        ("login", {"no_motion", "no_light", "full"}, "full"),
        ("login", {"no_motion"}, "no_motion"),
        ("step_up", {"no_motion"}, None),
        ("step_up", {"no_motion", "no_light"}, "no_light"),
        ("espionage", {"full"}, None),
    ],
)
def test_the_best_variant_that_purpose_and_device_have_in_common_is_planned(
    purpose: str, offered: set[str], chosen: str | None
) -> None:
    drawn = faces().plan(SESSION, purpose=purpose, variants=offered)

    assert (drawn and drawn.variant) == chosen
    assert drawn is None or faces().reveal(drawn.challenge, 0).public["kind"] == "baseline"


def test_a_chained_capture_is_believed_and_a_broken_link_is_not() -> None:
    door = faces()
    good = capture(door)
    broken = Frame(seq=11, t_ms=66_000 + 1100, link=bytes(32), content=b"x")
    bad = replace(good, upload=Upload(frames=[*good.upload.frames[:-1], broken]))

    assert door.check(good).finding is None
    found = door.check(bad).finding
    assert found is not None
    assert found.code == "REJECTED_PROTOCOL"


def test_a_step_in_parts_is_the_same_step() -> None:
    door = faces()
    whole = capture(door)
    chain, pieces = whole.chain, []
    for start, end in ((0, 4), (4, 9), (9, 12)):
        part = replace(
            whole,
            upload=Upload(frames=whole.upload.frames[start:end]),
            chain=chain,
            final=end == 12,
            received_ms=1_000_200 + 100 * end,
        )
        checked = door.check(part)
        assert checked.finding is None
        pieces.append(door.measure(part, chain=checked.chain))
        chain = checked.chain
    at_once = door.check(whole)

    last = whole.upload.frames[-1].link
    assert door.head(chain) == door.head(at_once.chain) == ChainHead(digest=last, frames=12)
    joined = StepEvidence.from_bytes(door.join(pieces).evidence)
    alone = StepEvidence.from_bytes(door.measure(whole, chain=at_once.chain))
    assert joined.times == alone.times
    assert len(joined.frames) == 12


def test_pieces_that_are_no_step_are_an_error_of_ours() -> None:
    with pytest.raises(DomainError, match="INTERNAL"):
        faces().join([])


def test_dlib_describes_the_first_frame_drawn_for_it_whichever_part_brings_it() -> None:
    engine = FakeEngine()
    door = faces(engine)
    whole = described(capture(door), (3, 6, 7))
    first = replace(whole, upload=Upload(frames=whole.upload.frames[:6]), final=False)
    checked = door.check(first)
    door.measure(first, chain=checked.chain)
    rest = replace(whole, upload=Upload(frames=whole.upload.frames[6:]), chain=checked.chain)
    door.measure(rest, chain=door.check(rest).chain)

    assert engine.wanted == [
        Wanted(described=(3,), dlib=True),
        Wanted(described=(0, 1), dlib=False, traces=False),
    ]


def test_light_is_measured_where_it_was_shown() -> None:
    engine = FakeEngine()
    door = faces(engine)
    drawn = door.plan(SESSION, purpose="login", variants={"no_motion"})
    assert drawn is not None
    step = Challenge.from_bytes(drawn.challenge).steps[1]
    chain = replace(ChainState.start(SESSION), next_step=1).to_bytes()
    part = Capture(
        challenge=drawn.challenge,
        chain=chain,
        n=1,
        upload=chained(step.nonce, count=3, shown_ms=66_000),
        final=False,
        revealed_ms=1_000_000,
        received_ms=1_000_500,
    )
    checked = door.check(part)
    assert checked.finding is None
    door.measure(part, chain=checked.chain)

    [wanted] = engine.wanted
    assert (step.kind, wanted.radiance, wanted.dlib) == ("light", True, False)


def test_what_faces_are_judged_by_is_told_for_the_receipt() -> None:
    told = Faces(
        engine=FakeEngine(), policy=DEFAULT_POLICY, models={"m": "1"}, decoy=b""
    ).provenance()

    assert told == Provenance(policy=DEFAULT_POLICY.version, models={"m": "1"})


def test_a_session_repeats_another_when_most_of_its_frames_do() -> None:
    door = faces()
    earlier = [bytes([value]) * 32 for value in (0b1010, 0b10101010)]
    near = bytes([0b1010]) * 31 + bytes([0b1011])
    far = bytes([0b01010101]) * 32

    assert door.alike([near, near, far], earlier)
    assert not door.alike([near, far, far], earlier)
    assert not door.alike([near], [])


def chained(nonce: bytes, *, count: int = 12, shown_ms: int | None = None) -> Upload:
    """Frames of ten a second, chained as a step asks, from the session's start."""
    previous, frames = first_link(SESSION), []
    for seq in range(count):
        t_ms, content = 66_000 + 100 * seq, b"frame %d" % seq
        previous = frame_hash(previous=previous, nonce=nonce, seq=seq, t_ms=t_ms, jpeg=content)
        frames.append(Frame(seq=seq, t_ms=t_ms, link=previous, content=content))
    return Upload(frames=frames, shown_ms=shown_ms)


def described(whole: Capture, places: tuple[int, ...]) -> Capture:
    """The same, had these frames been drawn to be described."""
    drawn = Challenge.from_bytes(whole.challenge)
    first, *rest = drawn.steps
    again = replace(drawn, steps=(replace(first, described=places), *rest))
    return replace(whole, challenge=again.to_bytes())


def capture(door: Faces) -> Capture:
    """The first step in one upload."""
    drawn = door.plan(SESSION, purpose="login", variants={"no_light"})
    assert drawn is not None
    return Capture(
        challenge=drawn.challenge,
        chain=drawn.chain,
        n=0,
        upload=chained(Challenge.from_bytes(drawn.challenge).steps[0].nonce),
        final=True,
        revealed_ms=1_000_000,
        received_ms=1_002_000,
    )
