"""Cameras that film something or somebody else, and films made of earlier ones."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from sandbox.phone.attacks.acting import MOVES, Disobeying, Frozen, Slipping, Swapping
from sandbox.phone.attacks.replaying import Cutter, Recorder, Take, Worn, decoded, untouched
from sandbox.phone.camera import Frame
from sandbox.phone.steps import Segment, Step
from tests.sandbox.stage import Watch, a_step

BLUE = Segment(pattern="full", first="#0000ff", second="#0000ff")


@dataclass
class FakeCamera:
    """Three frames a step at most, each another picture; remembers what was asked."""

    asked: list[str] = field(default_factory=list)

    def film(self, step: Step) -> tuple[Frame, ...]:
        self.asked.append(step.kind)
        return tuple(
            Frame(jpeg=picture(len(self.asked) * 40 + index), t_ms=5000 + 70 * index)
            for index in range(min(3, step.max_frames))
        )


def picture(value: int) -> bytes:
    _, data = cv2.imencode(".jpg", np.full((64, 48, 3), value % 256, np.uint8))
    return data.tobytes()


def a_take(kind: str, *values: int, shown: int | None = None) -> Take:
    frames = tuple(
        Frame(
            jpeg=picture(value),
            t_ms=100 + 60 * at,
            shown_ms=shown if shown is not None and 100 + 60 * at >= shown else None,
        )
        for at, value in enumerate(values)
    )
    return Take(kind=kind, frames=frames)


def cutter(watch: Watch, *takes: Take) -> Cutter:
    rng = np.random.default_rng(1)
    return Cutter(takes, rng=rng, clock=watch.clock, sleep=watch.sleep, touch=untouched)


def test_who_disobeys_never_does_what_was_asked_but_looks_and_shines() -> None:
    camera = FakeCamera()
    disobeying = Disobeying(camera, rng=np.random.default_rng(1))
    for kind in MOVES * 10:
        disobeying.film(a_step(kind))
        assert camera.asked[-1] in set(MOVES) - {kind}
    disobeying.film(a_step("light"))
    assert camera.asked[-1] == "light"


def test_of_two_people_one_looks_and_the_other_moves() -> None:
    watch, looking, moving = Watch(), FakeCamera(), FakeCamera()
    both = Swapping(looking, moving, sleep=watch.sleep)
    for kind in ("baseline", "nod", "light", "turn_left"):
        both.film(a_step(kind))
    assert (looking.asked, moving.asked) == (["baseline", "light"], ["nod", "turn_left"])


def test_single_frames_of_another_are_slipped_in_at_the_times_of_those_they_replace() -> None:
    acting, looking = FakeCamera(), FakeCamera(asked=["earlier"])
    slipping = Slipping(acting, looking, every=2)
    honest = FakeCamera().film(a_step("nod"))
    frames = slipping.film(a_step("nod"))
    assert [frame.t_ms for frame in frames] == [frame.t_ms for frame in honest]
    assert [a.jpeg == b.jpeg for a, b in zip(frames, honest, strict=True)] == [False, True, False]
    assert looking.asked == ["earlier", "baseline"]


def test_a_frozen_feed_sends_one_file_or_one_picture_with_fresh_grain() -> None:
    rng = np.random.default_rng(1)
    still, grainy = (Frozen(FakeCamera(), rng=rng, grainy=grainy) for grainy in (False, True))
    for feed, files in ((still, 1), (grainy, 6)):
        frames = [*feed.film(a_step()), *feed.film(a_step("nod"))]
        assert len({frame.jpeg for frame in frames}) == files
        means = [decoded(frame.jpeg).mean() for frame in frames]
        assert max(means) - min(means) < 1


def test_a_cut_session_answers_each_kind_with_its_own_take_and_none_twice() -> None:
    watch = Watch()
    lights = [a_take("light", value, value + 1) for value in (10, 60, 110, 160, 210)]
    film = cutter(watch, *lights, a_take("nod", 30, 40))
    shown = [film.film(a_step("light"))[0].jpeg for _ in lights]
    assert set(shown) == {take.frames[0].jpeg for take in lights}
    assert film.film(a_step("nod"))[0].jpeg == picture(30)


def test_old_frames_get_new_times_that_rise_from_step_to_step() -> None:
    watch = Watch()
    film = cutter(watch, a_take("nod", 1, 2, 3), a_take("nod", 4, 5, 6))
    times = [frame.t_ms for _ in range(2) for frame in film.film(a_step("nod"))]
    assert times[0] == 1_000_000
    assert times == sorted(set(times))
    assert watch.now * 1000 > times[-1]


def test_the_moment_of_the_first_picture_moves_with_the_old_film() -> None:
    step = Step(
        n=1, kind="light", nonce=b"", window_ms=6000, min_frames=2, max_frames=60, hold_ms=0,
        segments=(BLUE,), segment_ms=400,
    )  # fmt: skip
    frames = cutter(Watch(), a_take("light", 1, 2, 3, shown=150)).film(step)
    assert [frame.shown_ms for frame in frames] == [None, 1_000_050, 1_000_050]


def test_a_recompressed_picture_is_another_file_that_looks_the_same() -> None:
    _, data = cv2.imencode(".jpg", np.tile(np.arange(96, dtype=np.uint8), (96, 1)))
    again = Worn(np.random.default_rng(2))(data.tobytes())
    assert again != data.tobytes()
    assert np.abs(decoded(again).astype(int) - decoded(data.tobytes()))[8:-8, 8:-8].mean() < 4


def test_a_recorder_keeps_what_the_camera_saw() -> None:
    recorder = Recorder(FakeCamera())
    frames = recorder.film(a_step("nod"))
    assert recorder.takes == [Take(kind="nod", frames=frames)]
