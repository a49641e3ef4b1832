import numpy as np
import pytest

from tests.verify import pictures
from verify.geometry import Pose
from verify.mesh import COUNT, Mesh
from verify.picking import Picks, Sight
from verify.tracking import Look


def sight(index: int, yaw: float | None) -> Sight:
    """A frame whose face looks aside by `yaw` degrees, or shows none."""
    mesh = Mesh(
        points=np.zeros((COUNT, 3), np.float32),
        score=1.0,
        pose=Pose(yaw=yaw or 0.0, pitch=0.0, roll=0.0),
    )
    look = Look(mesh=None if yaw is None else mesh, detection=None, faces=int(yaw is not None))
    return Sight(index=index, pixels=pictures.plain(), look=look)


def chosen(yaws: list[float | None], count: int) -> list[int]:
    picks = Picks(frames=len(yaws), count=count)
    for index, yaw in enumerate(yaws):
        picks.offer(sight(index, yaw))
    return [one.index for one in picks.chosen()]


def test_the_most_frontal_frame_of_each_stretch_is_chosen_whichever_way_it_looks() -> None:
    assert sorted(chosen([9, -2, 5, 30, 20, -25, -8, 7, 8], 3)) == [1, 4, 7]


def test_the_most_frontal_of_all_comes_first() -> None:
    assert chosen([9, -5, 30, 20, 1, 7], 3) == [4, 1, 3]


def test_a_stretch_without_a_face_has_no_description() -> None:
    assert chosen([3, 4, None, None, 2, 1], 3) == [5, 0]
    assert chosen([None, None], 1) == []


@pytest.mark.parametrize(("frames", "count", "expected"), [(5, 0, 0), (3, 9, 3), (7, 7, 7)])
def test_no_more_are_chosen_than_there_are_or_were_asked_for(
    frames: int, count: int, expected: int
) -> None:
    assert len(chosen([1.0] * frames, count)) == expected
