from dataclasses import replace

import cv2
import numpy as np
import pytest

from sandbox.phone.camera import Frame
from sandbox.phone.chain import FrameChain, Sealed
from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.misbehaviour import (
    EarlyFilming,
    FrozenFilming,
    ReorderedSealing,
    ReplayedFilming,
    ReplayedSealing,
    StaleNonceSealing,
)
from sandbox.phone.photograph import FlatPhotograph
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Lens
from sandbox.phone.recording import RecordedStep, Recording
from sandbox.phone.setting import Setting
from sandbox.phone.shine import Shine
from sandbox.phone.steps import Segment, Step
from tests.sandbox.stage import (
    Puppet,
    Watch,
    a_light_step,
    a_step,
    camera,
    some_frames,
)

BASELINE, TURN = a_step(n=0), a_step("turn_left", n=1)


def recorded(session_id: str = "vrf_old") -> Recording:
    chain = FrameChain(session_id)
    frames = (some_frames(4, 100), some_frames(6, 5000))
    steps = tuple(
        RecordedStep(n=step.n, kind=step.kind, frames=chain.seal(step, taken))
        for step, taken in zip((BASELINE, TURN), frames, strict=True)
    )
    return Recording(session_id=session_id, steps=steps)


def honest(step: Step, *, seed: int = 7) -> tuple[Frame, ...]:
    return camera(Watch(), seed=seed).film(step)


def test_a_frozen_feed_keeps_honest_times_and_repeats_one_picture() -> None:
    frozen = FrozenFilming(camera(Watch()))
    first = frozen.film(BASELINE)
    both = first + frozen.film(TURN)
    assert {frame.jpeg for frame in both} == {honest(BASELINE)[0].jpeg}
    assert [frame.t_ms for frame in first] == [frame.t_ms for frame in honest(BASELINE)]


@pytest.mark.parametrize("turned_out", ["turn_left", "turn_right"])
def test_early_frames_claim_times_before_the_reveal(turned_out: str) -> None:
    watch = Watch()
    early = EarlyFilming(camera(watch))
    baseline = early.film(BASELINE)
    watch.now += 1
    revealed_ms = watch.now * 1000
    turn = early.film(replace(TURN, kind=turned_out))
    assert baseline[-1].t_ms < turn[0].t_ms
    assert turn[-1].t_ms < revealed_ms
    assert len({frame.jpeg for frame in turn}) == len(turn) > 20


def test_the_guess_is_filmed_anew_after_light_but_only_until_the_first_movement() -> None:
    watch = Watch()
    early = EarlyFilming(camera(watch))
    early.film(BASELINE)
    light = early.film(a_light_step(n=1))
    turn = early.film(replace(TURN, n=2))
    assert light[-1].shown_ms is not None
    assert light[-1].t_ms < turn[0].t_ms
    assert {frame.shown_ms for frame in turn} == {None}


def test_a_replay_sends_the_old_pictures_and_the_old_manifest() -> None:
    old, watch = recorded(), Watch()
    filming = ReplayedFilming(old, clock=watch.clock, sleep=watch.sleep)
    for step in (BASELINE, replace(TURN, kind="turn_right")):
        sealed = ReplayedSealing(old).seal(step, filming.film(step))
        assert sealed == old.step(step.n).frames


def test_a_rehashed_replay_keeps_only_the_pictures() -> None:
    old, watch = recorded(), Watch()
    filming = ReplayedFilming(old, clock=watch.clock, sleep=watch.sleep)
    frames = filming.film(TURN)
    assert [frame.jpeg for frame in frames] == [frame.jpeg for frame in old.step(1).frames]
    assert frames[0].t_ms == 1_000_000
    sealed = FrameChain("vrf_new").seal(TURN, frames)
    assert not {frame.hash for frame in sealed} & {frame.hash for frame in old.step(1).frames}


def test_a_replay_claims_its_light_was_the_new_one() -> None:
    old, watch = recorded(), Watch()
    filming = ReplayedFilming(old, clock=watch.clock, sleep=watch.sleep)
    step = a_light_step(n=1)
    assert {frame.shown_ms for frame in filming.film(step)} == {1_000_200}
    sealed = ReplayedSealing(old).seal(step, filming.film(step))
    assert [frame.hash for frame in sealed] == [frame.hash for frame in old.step(1).frames]
    assert all(frame.shown_ms is not None for frame in sealed)


def test_a_replay_shorter_than_the_new_session_begins_again() -> None:
    old, watch = recorded(), Watch()
    filming = ReplayedFilming(old, clock=watch.clock, sleep=watch.sleep)
    assert len(filming.film(a_step("nod", n=2))) == len(old.step(0).frames)


def changed(plain: tuple[Sealed, ...], spoiled: tuple[Sealed, ...]) -> list[int]:
    return [i for i, pair in enumerate(zip(plain, spoiled, strict=True)) if pair[0] != pair[1]]


def test_reordering_swaps_two_neighbours_and_nothing_else() -> None:
    frames = some_frames(9)
    plain = FrameChain("vrf_1").seal(BASELINE, frames)
    spoiled = ReorderedSealing(FrameChain("vrf_1")).seal(BASELINE, frames)
    assert changed(plain, spoiled) == [3, 4]
    assert (spoiled[3], spoiled[4]) == (plain[4], plain[3])


def test_a_stale_nonce_spoils_the_second_steps_hashes_only() -> None:
    plain, stale = FrameChain("vrf_1"), StaleNonceSealing(FrameChain("vrf_1"))
    first, second = some_frames(4), some_frames(6, 5000)
    assert stale.seal(BASELINE, first) == plain.seal(BASELINE, first)
    honestly, spoiled = plain.seal(TURN, second), stale.seal(TURN, second)
    assert changed(honestly, spoiled) == list(range(6))
    assert [replace(frame, hash="") for frame in spoiled] == [
        replace(frame, hash="") for frame in honestly
    ]


def lens() -> Lens:
    return Lens(pivot=np.asarray((240.0, 300.0, 100.0)), face_width=200.0)


def dots(columns: range, rows: range) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.asarray([(x, y) for y in rows for x in columns], np.float32)


def test_a_flat_photograph_moves_as_a_plane_seen_in_perspective() -> None:
    places = dots(range(120, 400, 60), range(160, 500, 80))
    sheet = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for x, y in places:
        cv2.circle(sheet, (round(float(x)), round(float(y))), 8, (0, 0, 0), -1)
    flat = FlatPhotograph(sheet, lens=lens())
    pose = Pose(yaw=24, pitch=-3)
    frame = cv2.cvtColor(flat.picture(pose), cv2.COLOR_BGR2GRAY)
    dark = np.asarray(frame < 128, np.uint8)
    count, _, _, found = cv2.connectedComponentsWithStats(dark)
    expected = cv2.perspectiveTransform(places[None], flat.homography(pose))[0]
    assert count - 1 == len(places)
    for place in expected:
        assert np.hypot(*(found[1:] - place).T).min() < 1
    assert abs(flat.homography(pose)[2, 0]) > 1e-4


def test_a_flat_photograph_held_still_is_the_photograph() -> None:
    sheet = Puppet().picture(Pose())
    shown = FlatPhotograph(sheet, lens=lens(), setting=Setting(level=1.0)).picture(Pose())
    np.testing.assert_array_equal(shown, sheet)


def test_a_flat_photographs_background_answers_to_light_as_its_face_does() -> None:
    """The sides a little less, since they are farther from the screen; a wall hardly at all."""
    grey = np.full((HEIGHT, WIDTH, 3), 110, np.uint8)
    flat = FlatPhotograph(grey, lens=lens(), setting=Setting(ratio=0.4, level=0.8))
    white = Shine.of(Segment(pattern="full", first="#ffffff", second="#ffffff"))
    gain = flat.picture(Pose(), white) / flat.picture(Pose()).astype(float)
    face, beside = gain[250:350, 200:280].mean(), gain[250:350, [20, -20]].mean(axis=(0, 2))
    assert face > 1.1
    assert min(beside) - 1 > 0.6 * (face - 1)


def test_neither_half_of_a_flat_photograph_answers_alone() -> None:
    grey = np.full((HEIGHT, WIDTH, 3), 110, np.uint8)
    flat = FlatPhotograph(grey, lens=lens(), setting=Setting(ratio=0.4, level=0.8))
    left, right = (
        flat.picture(Pose(), Shine.of(Segment(pattern="left_right", first=one, second=two)))
        for one, two in (("#ffffff", "#000000"), ("#000000", "#ffffff"))
    )
    off = left[250:350, 200:280].mean() / right[250:350, 200:280].mean()
    assert off == pytest.approx(1, abs=0.01)
