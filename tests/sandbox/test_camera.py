from itertools import pairwise

import cv2
import numpy as np
import pytest

from sandbox.phone.camera import UnknownStepError
from sandbox.phone.head import HEIGHT, WIDTH
from tests.sandbox.stage import REVEALED, Puppet, Watch, a_step, camera, disc_at

CENTER = (WIDTH - 1) / 2


def test_frames_are_real_jpegs_of_the_promised_size() -> None:
    for frame in camera(Watch()).film(a_step()):
        assert frame.jpeg[:3] == b"\xff\xd8\xff"
        assert frame.jpeg[-2:] == b"\xff\xd9"
        picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize(("kind", "count"), [("baseline", 15), ("turn_left", 30)])
def test_times_rise_at_fifteen_frames_a_second(kind: str, count: int) -> None:
    times = [frame.t_ms for frame in camera(Watch()).film(a_step(kind))]
    assert len(times) == count
    assert {later - earlier for earlier, later in pairwise(times)} <= {66, 67}


def test_no_frame_is_older_than_the_call_that_revealed_its_step() -> None:
    prepared = camera(Watch())
    prepared.prepare()
    assert prepared.film(a_step("turn_left"))[0].t_ms >= REVEALED * 1000


@pytest.mark.parametrize(("kind", "way"), [("turn_left", 1), ("turn_right", -1)])
def test_a_turn_goes_the_asked_way_and_comes_back(kind: str, way: int) -> None:
    places = [disc_at(frame) - CENTER for frame in camera(Watch()).film(a_step(kind))]
    farthest = max(places, key=abs)
    assert way * farthest == pytest.approx(4 * 24, abs=8)
    assert abs(places[-1]) < 8


def test_the_turn_starts_no_sooner_than_a_quarter_second_after_the_reveal() -> None:
    frames = camera(Watch()).film(a_step("turn_left"))
    early = [frame for frame in frames if frame.t_ms < REVEALED * 1000 + 250]
    assert len(early) == 4
    assert all(abs(disc_at(frame) - CENTER) < 8 for frame in early)


def test_no_two_frames_are_alike_even_of_a_still_person() -> None:
    frames = camera(Watch()).film(a_step())
    assert len({frame.jpeg for frame in frames}) == len(frames)


def test_pictures_rendered_ahead_serve_one_session_only() -> None:
    puppet = Puppet()
    prepared = camera(Watch(), puppet)
    prepared.prepare()
    rendered = list(puppet.poses)
    prepared.film(a_step())
    assert puppet.poses == rendered
    prepared.film(a_step())
    assert len(puppet.poses) == len(rendered) + 15
    assert puppet.poses[-15:] != rendered[:15]


def test_a_slow_machine_drops_frames_instead_of_lying_about_time() -> None:
    frames = camera(Watch(lag=0.1)).film(a_step("turn_left"))
    gaps = [later.t_ms - earlier.t_ms for earlier, later in pairwise(frames)]
    assert min(gaps) >= 100
    assert len(frames) < 30
    assert frames[-1].t_ms - frames[0].t_ms <= 2100


def test_the_camera_keeps_within_the_steps_frame_limits() -> None:
    assert len(camera(Watch()).film(a_step("turn_left", max_frames=20))) == 20
    assert len(camera(Watch()).film(a_step(min_frames=18))) == 18
    assert len(camera(Watch()).film(a_step(hold_ms=1800))) == 30


def test_an_unknown_step_is_not_answered() -> None:
    with pytest.raises(UnknownStepError):
        camera(Watch()).film(a_step("nod"))
