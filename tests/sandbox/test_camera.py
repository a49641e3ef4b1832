from dataclasses import replace
from itertools import chain, pairwise

import cv2
import numpy as np
import pytest

from sandbox.phone.camera import PART_FRAMES, Streaming, pieces
from sandbox.phone.chain import FrameChain
from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.misbehaviour import FrozenFilming
from sandbox.phone.motions import MOTIONS, UnknownStepError
from sandbox.phone.setting import INDOORS, Setting
from sandbox.phone.shine import DARK
from tests.sandbox.stage import REVEALED, Puppet, Watch, a_light_step, a_step, camera, disc_at

CENTER = (WIDTH - 1) / 2
FEWEST_SECONDS = {"baseline": 1.0, "turn_left": 1.5, "blink": 1.3}


def test_frames_are_real_jpegs_of_the_promised_size() -> None:
    for frame in camera(Watch()).film(a_step()):
        assert frame.jpeg[:3] == b"\xff\xd8\xff"
        assert frame.jpeg[-2:] == b"\xff\xd9"
        picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("kind", sorted(FEWEST_SECONDS))
def test_times_rise_at_about_fifteen_frames_a_second(kind: str) -> None:
    times = [frame.t_ms for frame in camera(Watch()).film(a_step(kind))]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert times[-1] - times[0] >= 1000 * FEWEST_SECONDS[kind]
    assert np.median(gaps) == pytest.approx(67, abs=4)
    assert len(set(gaps)) > 2
    assert max(gaps) <= 121


def test_no_frame_is_older_than_the_call_that_revealed_its_step() -> None:
    assert camera(Watch()).film(a_step("turn_left"))[0].t_ms >= REVEALED * 1000


@pytest.mark.parametrize(("kind", "way"), [("turn_left", 1), ("turn_right", -1)])
def test_a_turn_goes_the_asked_way_and_comes_back(kind: str, way: int) -> None:
    places = [disc_at(frame) - CENTER for frame in camera(Watch()).film(a_step(kind))]
    farthest = max(places, key=abs)
    assert way * farthest == pytest.approx(4 * 24, abs=20)
    assert abs(places[-1]) < 8


@pytest.mark.parametrize("kind", sorted(MOTIONS))
def test_every_kind_of_step_is_answered_within_its_limits(kind: str) -> None:
    for seed in range(2):
        frames = camera(Watch(), seed=seed).film(a_step(kind))
        assert 8 <= len(frames) <= 60
        assert frames[-1].t_ms - frames[0].t_ms >= 800
        assert frames[-1].t_ms <= REVEALED * 1000 + 6000


def test_the_turn_starts_no_sooner_than_a_quarter_second_after_the_reveal() -> None:
    frames = camera(Watch()).film(a_step("turn_left"))
    early = [frame for frame in frames if frame.t_ms < REVEALED * 1000 + 250]
    assert len(early) == 4
    assert all(abs(disc_at(frame) - CENTER) < 8 for frame in early)


def test_no_two_frames_are_alike_even_of_a_still_person() -> None:
    frames = camera(Watch()).film(a_step())
    assert len({frame.jpeg for frame in frames}) == len(frames)


def test_two_sessions_never_show_the_same_motion() -> None:
    puppet = Puppet()
    filming = camera(Watch(), puppet)
    first = len(filming.film(a_step("turn_left")))
    filming.film(a_step("turn_left"))
    once, again = puppet.poses[:first], puppet.poses[first:]
    assert max(pose.yaw for pose in once) != max(pose.yaw for pose in again)


def test_a_slow_machine_drops_frames_instead_of_lying_about_time() -> None:
    honest = camera(Watch()).film(a_step("turn_left"))
    frames = camera(Watch(lag=0.1)).film(a_step("turn_left"))
    gaps = [later.t_ms - earlier.t_ms for earlier, later in pairwise(frames)]
    assert min(gaps) >= 100
    assert len(frames) < len(honest)
    assert frames[-1].t_ms - frames[0].t_ms <= 2800


def test_the_camera_keeps_within_the_steps_frame_limits() -> None:
    assert len(camera(Watch()).film(a_step("turn_left", max_frames=20))) == 20
    assert len(camera(Watch()).film(a_step(min_frames=38))) == 38
    held = camera(Watch()).film(a_step(hold_ms=1800))
    assert 1800 <= held[-1].t_ms - held[0].t_ms <= 2100


def test_an_unknown_step_is_not_answered() -> None:
    with pytest.raises(UnknownStepError):
        camera(Watch()).film(a_step("somersault"))


def test_a_light_step_is_filmed_before_its_first_picture_and_beyond_its_last() -> None:
    frames = camera(Watch()).film(a_light_step())
    (shown_ms,) = {frame.shown_ms for frame in frames} - {None}
    assert shown_ms == REVEALED * 1000 + 200
    assert [frame.shown_ms for frame in frames[:3]] == [None] * 3
    assert frames[-1].t_ms >= shown_ms + 2 * 400 + 400


def test_only_light_steps_tell_when_they_showed() -> None:
    frames = camera(Watch()).film(a_step("nod"))
    assert {frame.shown_ms for frame in frames} == {None}


@pytest.mark.parametrize("lag_s", [0.04, 0.1, 0.14])
def test_light_comes_as_late_as_the_setting_says(lag_s: float) -> None:
    puppet = Puppet()
    setting = replace(INDOORS, display_lag_s=lag_s / 4, camera_lag_s=lag_s * 3 / 4)
    frames = camera(Watch(), puppet, setting=setting).film(a_light_step())
    shown_ms = frames[-1].shown_ms
    assert shown_ms is not None
    lit = [f.t_ms for f, shine in zip(frames, puppet.shines, strict=True) if shine is not DARK]
    assert lag_s * 1000 - 1 <= lit[0] - shown_ms <= lag_s * 1000 + 130
    dark = [f.t_ms for f, shine in zip(frames, puppet.shines, strict=True) if shine is DARK]
    assert dark[-1] <= shown_ms + lag_s * 1000 + 1


def test_settings_keep_the_lag_in_its_range() -> None:
    rng = np.random.default_rng(1)
    lags = [Setting.drawn(rng).lag_s for _ in range(200)]
    assert 0.04 <= min(lags) < 0.06
    assert 0.12 < max(lags) <= 0.14


def test_pieces_join_to_the_same_film_and_the_same_chain() -> None:
    step = a_light_step(n=0)
    whole = camera(Watch()).film(step)
    parts = list(camera(Watch()).film_parts(step))
    assert tuple(chain.from_iterable(parts)) == whole
    assert all(len(part) == PART_FRAMES for part in parts[:-1])
    assert len(parts) > 1
    sealing = FrameChain("vrf_1")
    sealed = chain.from_iterable(sealing.seal(step, part) for part in parts)
    assert tuple(sealed) == FrameChain("vrf_1").seal(step, whole)


def test_filming_that_cannot_stream_is_one_piece() -> None:
    frozen = FrozenFilming(camera(Watch()))
    assert not isinstance(frozen, Streaming)
    (piece,) = pieces(frozen, a_step())
    assert len(piece) > 8
    assert len(list(pieces(camera(Watch()), a_step()))) > 1
