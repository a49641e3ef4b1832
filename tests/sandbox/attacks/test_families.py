"""Every family casts an attacker that answers a step with pictures."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from sandbox.phone.attacks.families import FAMILIES, Family, family
from sandbox.phone.attacks.replaying import Take
from sandbox.phone.attacks.scene import Scene
from sandbox.phone.camera import Camera, Filming
from sandbox.phone.head import HEIGHT, WIDTH, Head
from sandbox.phone.rendering import HeadSubject, Subject
from sandbox.phone.sensor import Sensor
from sandbox.phone.setting import Setting
from sandbox.phone.steps import Step
from tests.sandbox.stage import Watch, a_step


def short(kind: str) -> Step:
    return a_step(kind, min_frames=2, max_frames=3, hold_ms=0)


def scene(head: Head, watch: Watch) -> Scene:
    rng = np.random.default_rng(5)

    def before(subject: Subject, setting: Setting) -> Filming:
        return Camera(
            subject=subject,
            sensor=Sensor(rng=rng, width=WIDTH, height=HEIGHT),
            rng=rng,
            clock=watch.clock,
            sleep=watch.sleep,
            setting=setting,
        )

    def stolen() -> Sequence[Take]:
        camera = before(HeadSubject(head), Setting())
        return [Take(kind=kind, frames=camera.film(short(kind))) for kind in ("baseline", "nod")]

    return Scene(
        victim=head,
        other=replace(head, picture=head.picture[:, ::-1].copy()),
        setting=Setting(ratio=0.3),
        rng=rng,
        before=before,
        stolen=stolen,
        clock=watch.clock,
        sleep=watch.sleep,
    )


@pytest.mark.parametrize("each", FAMILIES, ids=lambda each: each.name)
def test_each_family_films_whole_pictures_at_rising_times(each: Family, head: Head) -> None:
    watch = Watch(lag=0.001)
    filming = each.cast(scene(head, watch)).filming
    frames = [*filming.film(short("baseline")), *filming.film(short("nod"))]
    times = [frame.t_ms for frame in frames]
    assert times == sorted(set(times))
    for frame in frames:
        picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (HEIGHT, WIDTH, 3)


def test_families_are_found_by_name_and_some_are_held_out_of_fitting() -> None:
    assert len({each.name for each in FAMILIES}) == len(FAMILIES) == 16
    assert {each.name for each in FAMILIES if each.held_out} == {
        "bent_print",
        "slipped_frames",
        "spliced_sessions",
        "paper_mask",
    }
    assert [each.name for each in FAMILIES if each.known_to_pass] == ["relit_deepfake"]
    assert family("impostor").name == "impostor"
    with pytest.raises(StopIteration):
        family("nobody")


def test_every_family_says_what_the_attacker_does() -> None:
    assert all(each.cast.__doc__ for each in FAMILIES)
