from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from verify.decoding import Pixels
from verify.detection import Detection, Detector
from verify.geometry import Pose
from verify.mesh import Crop, Mesh, MeshNet
from verify.results import Box
from verify.tracking import COUNT_EVERY, Tracker

TRUSTED = 0.5
FRAME: Pixels = np.zeros((64, 48, 3), np.uint8)
PLACE = Box(x=10, y=10, width=20, height=30)


def mesh(score: float) -> Mesh:
    points = np.zeros((468, 3), np.float32)
    points[0], points[1] = (PLACE.x, PLACE.y, 0), (PLACE.x + PLACE.width, PLACE.y + PLACE.height, 0)
    points[2:] = (20, 25, 0)
    return Mesh(points=points, score=score, pose=Pose(yaw=0, pitch=0, roll=0))


class Net:
    """Sees a face with the scores it is told: where it was last, and where it is found anew."""

    def __init__(self, *, followed: Sequence[float], found: float) -> None:
        self._followed = iter(followed)
        self._found = found
        self.found = 0

    def look(self, _: Pixels, __: Crop) -> Mesh:
        return mesh(next(self._followed))

    def find(self, _: Pixels, __: Detection) -> Mesh:
        self.found += 1
        return mesh(self._found)


class Eyes:
    """Detects one face at the same place, or none."""

    def __init__(self, *, blind: bool = False) -> None:
        self.blind = blind

    def detect(self, _: Pixels, *, side: int) -> tuple[Detection, ...]:
        assert side > 0
        points = np.zeros((5, 2), np.float32)
        return () if self.blind else (Detection(box=PLACE, points=points, score=0.9),)

    def near(self, pixels: Pixels, _: Box) -> Detection | None:
        return next(iter(self.detect(pixels, side=1)), None)

    def prominent(self, faces: tuple[Detection, ...]) -> tuple[Detection, ...]:
        return faces


def tracker(net: Net, eyes: Eyes | None = None) -> Tracker:
    made = Tracker(
        detector=cast("Detector", eyes or Eyes()), net=cast("MeshNet", net), trusted=TRUSTED
    )
    made.start()
    return made


def scores(made: Tracker, count: int) -> list[float | None]:
    looks = [made.look(FRAME) for _ in range(count)]
    return [None if look.mesh is None else look.mesh.score for look in looks]


def test_a_mesh_that_is_doubted_is_sought_anew_in_the_same_frame() -> None:
    net = Net(followed=[0.9, 0.3, 0.9], found=0.8)
    assert scores(tracker(net), 4) == [0.8, 0.9, 0.8, 0.9]
    assert net.found == 2


def test_a_face_doubted_where_it_is_found_too_is_told_as_doubted() -> None:
    net = Net(followed=[], found=0.2)
    assert scores(tracker(net), 3) == [0.2, 0.2, 0.2]


def test_a_doubted_mesh_where_nobody_is_detected_is_no_face() -> None:
    eyes = Eyes()
    made = tracker(Net(followed=[0.1], found=0.8), eyes)
    assert made.look(FRAME).faces == 1
    eyes.blind = True
    look = made.look(FRAME)
    assert (look.mesh, look.faces) == (None, 0)


@pytest.mark.parametrize("followed", [0.9, 0.3])
def test_where_faces_are_counted_a_doubted_mesh_is_sought_anew_as_well(followed: float) -> None:
    net = Net(followed=[*[0.9] * (COUNT_EVERY - 1), followed], found=0.7)
    assert scores(tracker(net), COUNT_EVERY + 1)[-1] == max(followed, 0.7)
