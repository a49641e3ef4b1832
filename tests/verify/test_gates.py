import secrets
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.verify.sessions import Shape, edited, honest
from verify.defaults.presence import PRESENCE
from verify.defaults.protocol import PROTOCOL
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import RetryCode
from verify.liveness.gates import check_frames, check_session, repeats
from verify.liveness.lightcode import draw_code
from verify.policy.presence import PresencePolicy
from verify.policy.protocol import ProtocolPolicy
from verify.results import Box, FaceMeasurement, FrameMeasurement, QualityReason

Change = Callable[[FrameMeasurement], FrameMeasurement]


@pytest.fixture
def baseline(head: Shape) -> StepEvidence:
    return honest(head)[0]


def broken(evidence: StepEvidence) -> tuple[str, RetryCode]:
    finding = check_frames(evidence, PRESENCE)
    assert finding is not None
    return finding.gate, finding.code


def with_reason(reason: QualityReason) -> Change:
    return lambda frame: replace(frame, reasons=(reason,))


def with_face(**changes: object) -> Change:
    def change(frame: FrameMeasurement) -> FrameMeasurement:
        assert frame.face is not None
        return replace(frame, face=replace(frame.face, **changes))  # type: ignore[arg-type]

    return change


def faceless(frame: FrameMeasurement) -> FrameMeasurement:
    return replace(frame, face=None, faces=0, reasons=(QualityReason.NO_FACE,))


def moved(box: Box) -> Change:
    return with_face(box=box)


def test_an_honest_step_passes_every_gate(head: Shape) -> None:
    for evidence in honest(head):
        assert check_frames(evidence, PRESENCE) is None
    assert check_session(honest(head), PRESENCE, PROTOCOL) is None


def test_a_face_must_be_there_nearly_throughout(baseline: StepEvidence) -> None:
    assert broken(edited(baseline, faceless, count=1)) == ("one_face", RetryCode.FACE_NOT_VISIBLE)
    assert broken(edited(baseline, faceless)) == ("one_face", RetryCode.FACE_NOT_VISIBLE)


def test_one_lost_frame_in_twenty_is_forgiven(head: Shape) -> None:
    turn = honest(head)[1]
    assert check_frames(edited(turn, faceless, count=1), PRESENCE) is None


def test_a_second_face_is_refused(baseline: StepEvidence) -> None:
    two = with_reason(QualityReason.TWO_FACES)
    assert broken(edited(baseline, two)) == ("one_face", RetryCode.TWO_FACES)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (QualityReason.TOO_DARK, RetryCode.TOO_DARK),
        (QualityReason.TOO_BRIGHT, RetryCode.TOO_BRIGHT),
        (QualityReason.BLURRED, RetryCode.FACE_NOT_VISIBLE),
        (QualityReason.FACE_TOO_SMALL, RetryCode.FACE_TOO_SMALL),
        (QualityReason.FACE_TOO_LARGE, RetryCode.CUT_OFF),
        (QualityReason.CUT_OFF, RetryCode.CUT_OFF),
    ],
)
def test_a_faulty_step_names_its_fault_coarsely(
    baseline: StepEvidence, reason: QualityReason, code: RetryCode
) -> None:
    faulty = with_reason(reason)
    assert broken(edited(baseline, faulty)) == (reason.value.lower(), code)
    assert check_frames(edited(baseline, faulty, count=2), PRESENCE) is None


def test_a_face_far_away_is_too_small(baseline: StepEvidence) -> None:
    far = moved(Box(x=300, y=200, width=100, height=130))
    assert broken(edited(baseline, far)) == ("width", RetryCode.FACE_TOO_SMALL)


def test_a_face_that_fills_the_picture_is_cut_off(baseline: StepEvidence) -> None:
    near = moved(Box(x=50, y=20, width=500, height=440))
    assert broken(edited(baseline, near)) == ("width", RetryCode.CUT_OFF)


@pytest.mark.parametrize(("x", "y"), [(-5, 100), (445, 100), (200, -5), (200, 245)])
def test_a_face_across_the_edge_is_cut_off(baseline: StepEvidence, x: int, y: int) -> None:
    across = moved(Box(x=x, y=y, width=200, height=240))
    assert broken(edited(baseline, across)) == ("border", RetryCode.CUT_OFF)


def test_a_jump_between_frames_is_a_cut(baseline: StepEvidence) -> None:
    jump = moved(Box(x=20, y=100, width=200, height=240))
    assert broken(edited(baseline, jump, count=7)) == ("cuts", RetryCode.REJECTED_PROTOCOL)


def test_the_same_file_twice_is_refused(baseline: StepEvidence) -> None:
    same = baseline.frames[0].digest
    twice = edited(baseline, lambda frame: replace(frame, digest=same), count=2)
    assert broken(twice) == ("duplicates", RetryCode.REJECTED_PROTOCOL)


def test_the_same_file_in_two_steps_is_refused(head: Shape) -> None:
    first, second = honest(head)
    same = first.frames[0].digest
    second = edited(second, lambda frame: replace(frame, digest=same), count=1)
    finding = check_session([first, second], PRESENCE, PROTOCOL)
    assert finding is not None
    assert finding.gate == "duplicates"


def test_a_frozen_feed_is_refused_even_when_encoded_anew(baseline: StepEvidence) -> None:
    still = baseline.frames[0].thumb
    nearly = bytes([still[0] + 1, *still[1:]])
    frozen = edited(baseline, lambda frame: replace(frame, thumb=nearly), count=12)
    assert broken(frozen) == ("frozen", RetryCode.REJECTED_PROTOCOL)


def test_a_loop_is_a_frozen_feed_too(baseline: StepEvidence) -> None:
    looks = [frame.thumb for frame in baseline.frames[:5]]
    turns = iter(range(15))
    loop = edited(baseline, lambda frame: replace(frame, thumb=looks[next(turns) % 5]))
    assert broken(loop)[0] == "frozen"


def noisy(thumb: bytes, noise: int) -> bytes:
    return bytes([*(value + noise for value in thumb[:100]), *thumb[100:]])


def shown_again(evidence: StepEvidence, copies: dict[int, int], *, noise: int) -> StepEvidence:
    """The step with some frames showing what others show, encoded anew with fresh noise."""
    frames = list(evidence.frames)
    for place, source in copies.items():
        seen = frames[source]
        thumb = noisy(seen.thumb, noise)
        phash = bytes([seen.phash[0] ^ noise, *seen.phash[1:]])
        frames[place] = replace(frames[place], thumb=thumb, phash=phash)
    return replace(evidence, frames=tuple(frames))


def gate_of(steps: list[StepEvidence]) -> str | None:
    finding = check_session(steps, PRESENCE, PROTOCOL)
    return None if finding is None else finding.gate


def test_pictures_shown_again_much_later_are_copies_though_encoded_anew(head: Shape) -> None:
    rest, turn = honest(head)
    assert gate_of([rest, shown_again(turn, {20: 2, 25: 7}, noise=1)]) == "twins"


def test_one_place_passed_twice_is_no_copy(head: Shape) -> None:
    rest, turn = honest(head)
    assert gate_of([rest, shown_again(turn, {20: 2}, noise=1)]) is None


def test_a_copy_is_one_though_it_is_brighter(head: Shape) -> None:
    rest, turn = honest(head)
    seen = shown_again(turn, {20: 2, 25: 7}, noise=0)
    frames = list(seen.frames)
    for place in (20, 25):
        brighter = bytes(value + 10 for value in frames[place].thumb)
        frames[place] = replace(frames[place], thumb=brighter)
    assert gate_of([rest, replace(seen, frames=tuple(frames))]) == "twins"


def test_another_scene_is_no_copy_though_its_middle_looks_alike(head: Shape) -> None:
    rest, turn = honest(head)
    seen = shown_again(turn, {20: 2, 25: 7}, noise=1)
    frames = list(seen.frames)
    for place in (20, 25):
        frames[place] = replace(frames[place], phash=turn.frames[place].phash)
    assert gate_of([rest, replace(seen, frames=tuple(frames))]) is None


def test_neighbours_may_look_alike(head: Shape) -> None:
    rest, turn = honest(head)
    assert gate_of([rest, shown_again(turn, {3: 2, 10: 7, 20: 16}, noise=1)]) is None


def test_a_stretch_of_film_shown_again_is_a_loop_though_noisy(head: Shape) -> None:
    """Too unlike for copies, picture by picture, but all of them in a row."""
    rest, turn = honest(head)
    again = {16 + index: 2 + index for index in range(PRESENCE.loop_frames)}
    assert gate_of([rest, shown_again(turn, again, noise=16)]) == "loops"
    few = {place: again[place] for place in (16, 18, 20)}
    assert gate_of([rest, shown_again(turn, few, noise=16)]) is None


def test_a_stretch_of_an_earlier_step_shown_again_is_a_loop(head: Shape) -> None:
    rest, turn = honest(head)
    frames = [replace(frame, digest=bytes([i]) * 16) for i, frame in enumerate(rest.frames[3:13])]
    seen = replace(turn, frames=(*turn.frames[:9], *frames, *turn.frames[19:]))
    relaxed = replace(PRESENCE, max_twins=100)
    finding = check_session([rest, seen], relaxed, PROTOCOL)
    assert finding is not None
    assert finding.gate == "loops"


def test_no_stretch_reaches_from_one_step_into_the_next(head: Shape) -> None:
    rest, turn = honest(head)
    across = [*rest.frames[-4:], *turn.frames[:4]]
    frames = [
        replace(shown, thumb=noisy(seen.thumb, 16))
        for shown, seen in zip(turn.frames[12:20], across, strict=True)
    ]
    again = replace(turn, frames=(*turn.frames[:12], *frames, *turn.frames[20:]))
    assert gate_of([rest, again]) is None


def test_what_the_screen_lights_may_look_alike(head: Shape) -> None:
    rest, turn = honest(head)
    lit = replace(turn, step=replace(turn.step, segments=draw_code(8, randbelow=secrets.randbelow)))
    again = {16 + index: 2 + index for index in range(10)}
    assert gate_of([rest, shown_again(lit, again, noise=1)]) is None


def test_a_person_who_sits_quite_still_repeats_nothing(head: Shape) -> None:
    """Between still frames nothing differs but the sensor's noise, near or far."""
    rest, turn = honest(head)
    noises = np.random.default_rng(1).integers(-1, 2, (len(rest.frames), 576))
    still = [
        replace(frame, thumb=np.uint8(120 + noise).tobytes(), phash=bytes(32))
        for frame, noise in zip(rest.frames, noises, strict=True)
    ]
    assert gate_of([replace(rest, frames=tuple(still)), turn]) is None


def test_a_session_has_its_least_frames_and_embeddings(head: Shape) -> None:
    first, second = honest(head)
    short = replace(second, frames=second.frames[:8], times=second.times[:8])
    finding = check_session([first, short], PRESENCE, PROTOCOL)
    assert finding is not None
    assert finding.gate == "frames"
    undescribed = edited(first, with_face(embedding=None))
    finding = check_session([undescribed, second], PRESENCE, PROTOCOL)
    assert finding is not None
    assert (finding.gate, finding.code) == ("embeddings", RetryCode.FACE_NOT_VISIBLE)


def test_the_empty_policy_finds_fault_with_an_honest_session(head: Shape) -> None:
    assert check_frames(honest(head)[0], PresencePolicy()) is not None
    assert check_session(honest(head), PresencePolicy(), ProtocolPolicy()) is not None


def test_a_replayed_session_is_recognised_and_another_is_not(head: Shape) -> None:
    hashes = [frame.phash for frame in honest(head)[0].frames]
    reencoded = [bytes([value[0] ^ 1, *value[1:]]) for value in hashes]
    other = [frame.phash for frame in honest(head)[1].frames]
    assert repeats(reencoded, hashes, PRESENCE)
    assert repeats([*reencoded, *other[:6]], hashes, PRESENCE)
    assert not repeats(other, hashes, PRESENCE)
    assert not repeats(hashes, [], PRESENCE)
    assert not repeats(hashes, [], PresencePolicy())
    assert repeats(other, hashes, PresencePolicy())


def test_measurements_fit_the_types_they_claim(baseline: StepEvidence) -> None:
    assert all(isinstance(face, FaceMeasurement) for face in baseline.faces)
    assert len(baseline.embeddings) == 3
