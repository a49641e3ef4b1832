import numpy as np
from hypothesis import given
from hypothesis import strategies as st

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


def chosen(yaws: list[float | None], *places: int) -> list[int]:
    picks = Picks(places)
    for index, yaw in enumerate(yaws):
        picks.offer(sight(index, yaw))
    return [one.index for one in picks.chosen()]


def test_the_frames_drawn_are_taken_and_not_better_ones_beside_them() -> None:
    assert sorted(chosen([0, 9, 0, 0, -20, 0, 0, 18, 0], 1, 4, 7)) == [1, 4, 7]


def test_the_most_frontal_of_all_comes_first() -> None:
    assert chosen([9, -5, 20, 24, 1, 7], 0, 2, 4) == [4, 0, 2]


def test_a_frame_without_a_face_or_far_aside_hands_on_to_the_next() -> None:
    assert chosen([3, None, None, 4, 30, -31, 5], 1, 4) == [3, 6]


def test_a_place_that_finds_no_good_frame_takes_the_most_frontal_there_is() -> None:
    assert chosen([40, -30, 35, None], 2) == [1]
    assert chosen([None, None], 1) == []


def test_two_places_never_share_a_frame() -> None:
    assert sorted(chosen([None, None, 1, 2, 3], 0, 1)) == [2, 3]


@given(
    st.lists(st.none() | st.floats(-60, 60, allow_nan=False), max_size=20),
    st.sets(st.integers(0, 19), max_size=8),
)
def test_no_more_are_taken_than_were_drawn_and_only_faces(
    yaws: list[float | None], places: set[int]
) -> None:
    taken = chosen(yaws, *places)
    assert len(taken) == len(set(taken)) <= len(places)
    assert all(yaws[index] is not None for index in taken)


def test_nothing_is_taken_where_nothing_was_drawn() -> None:
    assert chosen([1, 2, 3]) == []
