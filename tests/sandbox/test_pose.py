import numpy as np
import pytest

from sandbox.phone.pose import TURN_S, Pose, Sway, Turn
from sandbox.phone.projection import Lens, rotation

NOSE, EAR = (0.0, 0.0, -100.0), (80.0, 0.0, 0.0)


def turn(degrees: float) -> Turn:
    return Turn(degrees=degrees, sway=Sway(np.random.default_rng(3)))


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


def test_a_turn_begins_and_ends_frontal_and_reaches_its_angle() -> None:
    yaws = [turn(24)(t).yaw for t in np.linspace(0, TURN_S, 200)]
    assert abs(yaws[0]) <= 1
    assert abs(yaws[-1]) <= 1
    assert max(yaws) == pytest.approx(24, abs=1)


def test_swaying_stays_below_a_degree_but_never_stops() -> None:
    sway = Sway(np.random.default_rng(5))
    poses = [sway(t / 15) for t in range(60)]
    assert all(max(abs(p.yaw), abs(p.pitch), abs(p.roll)) < 1 for p in poses)
    assert len(set(poses)) == 60
