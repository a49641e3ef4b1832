import numpy as np
import pytest

from sandbox.phone.pose import Pose, Sway
from sandbox.phone.projection import Lens, rotation

NOSE, EAR = (0.0, 0.0, -100.0), (80.0, 0.0, 0.0)


def test_a_turn_to_the_persons_left_moves_the_nose_right_in_the_picture() -> None:
    assert (rotation(Pose(yaw=20)) @ NOSE)[0] > 30
    assert (rotation(Pose(yaw=-20)) @ NOSE)[0] < -30


def test_chin_up_moves_the_nose_up_in_the_picture() -> None:
    assert (rotation(Pose(pitch=20)) @ NOSE)[1] < -30


def test_a_rotation_keeps_lengths() -> None:
    turned = rotation(Pose(yaw=13, pitch=-8, roll=5)) @ EAR
    assert np.linalg.norm(turned) == pytest.approx(80)


def test_lifting_undoes_projecting() -> None:
    lens = Lens(pivot=np.asarray((240.0, 300.0, 100.0)), face_width=200.0)
    flat = np.asarray(((10.0, 20.0), (400.0, 600.0)))
    depth = np.asarray((-50.0, 130.0))
    np.testing.assert_allclose(lens.project(lens.lift(flat, depth)), flat)


def test_what_comes_nearer_grows_and_its_near_parts_grow_more() -> None:
    lens = Lens(pivot=np.asarray((0.0, 0.0, 100.0)), face_width=200.0)
    nose, ear = np.asarray(((50.0, 0.0, -180.0), (50.0, 0.0, 0.0)))
    far = lens.project(np.asarray((nose, ear)))[:, 0]
    near = lens.project(lens.approached(np.asarray((nose, ear)), 0.3))[:, 0]
    growth = near / far
    assert growth[0] > growth[1] > 1.3


def test_swaying_stays_below_a_degree_but_never_stops() -> None:
    sway = Sway(np.random.default_rng(5))
    poses = [sway(t / 15) for t in range(60)]
    assert all(max(abs(p.yaw), abs(p.pitch), abs(p.roll)) < 1 for p in poses)
    assert len(set(poses)) == 60
