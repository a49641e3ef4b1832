"""A stage without models: a clock that only sleeping moves, and a subject drawn by hand."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from sandbox.phone.camera import Camera, Frame
from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.landmarks import Picture
from sandbox.phone.pose import Pose
from sandbox.phone.sensor import Sensor
from sandbox.phone.setting import INDOORS, Setting
from sandbox.phone.shine import DARK, Shine
from sandbox.phone.steps import Segment, Step

REVEALED = 1000.0
_VAR = Path(__file__).parents[2] / "var"
MODEL = _VAR / "models" / "face_landmark.tflite"
PORTRAIT = _VAR / "portraits" / "obama.jpg"


class Watch:
    """Monotonic seconds; each sleep takes ``lag`` longer than asked."""

    def __init__(self, *, lag: float = 0.0) -> None:
        self.now = REVEALED
        self._lag = lag

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds + self._lag


class Puppet:
    """A disc that moves with the yaw, 4 pixels a degree; remembers its poses and its light."""

    def __init__(self) -> None:
        self.poses: list[Pose] = []
        self.shines: list[Shine] = []

    def picture(self, pose: Pose, shine: Shine = DARK) -> Picture:
        self.poses.append(pose)
        self.shines.append(shine)
        frame = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
        cv2.circle(frame, (round(WIDTH / 2 + 4 * pose.yaw), HEIGHT // 2), 60, (200, 210, 230), -1)
        return frame


def disc_at(frame: Frame) -> float:
    """Return the column of the puppet's middle."""
    picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return float(np.nonzero(picture > 150)[1].mean())


def camera(
    watch: Watch, puppet: Puppet | None = None, *, seed: int = 7, setting: Setting = INDOORS
) -> Camera:
    rng = np.random.default_rng(seed)
    return Camera(
        subject=puppet or Puppet(),
        sensor=Sensor(rng=rng, width=WIDTH, height=HEIGHT),
        rng=rng,
        clock=watch.clock,
        sleep=watch.sleep,
        setting=setting,
    )


def a_step(
    kind: str = "baseline",
    n: int = 0,
    *,
    min_frames: int = 8,
    max_frames: int = 60,
    hold_ms: int = 800,
) -> Step:
    return Step(
        n=n,
        kind=kind,
        nonce=bytes((n,)) * 16,
        window_ms=6000,
        min_frames=min_frames,
        max_frames=max_frames,
        hold_ms=hold_ms,
    )


WHITE_THEN_LEFT = (
    Segment(pattern="full", first="#ffffff", second="#ffffff"),
    Segment(pattern="left_right", first="#00ff00", second="#000000"),
)


def a_light_step(n: int = 1, segments: tuple[Segment, ...] = WHITE_THEN_LEFT) -> Step:
    hold_ms = 400 * len(segments) + 400
    return replace(a_step("light", n, hold_ms=hold_ms), segments=segments, segment_ms=400)


def some_frames(count: int, start_ms: int = 0) -> tuple[Frame, ...]:
    """Return frames that are no pictures, for what never looks inside."""
    return tuple(Frame(jpeg=b"jpeg %d" % i, t_ms=start_ms + 67 * i) for i in range(count))
