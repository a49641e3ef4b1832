from dataclasses import replace

import cv2
import numpy as np
import pytest

from sandbox.phone.head import HEIGHT, WIDTH, Head, head_from
from sandbox.phone.landmarks import LEFT_EYE, RIGHT_EYE, LandmarkNet, NoFaceError, Points
from sandbox.phone.photograph import FlatPhotograph
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Lens, rotation
from sandbox.phone.rendering import HeadSubject, Subject

pytestmark = pytest.mark.model

NOSE_TIP = 1


def nose_offset(points: Points) -> float:
    """Where the nose is between the eyes' outer corners: 0 in the middle, 0.5 at the left eye."""
    right, left, nose = points[[RIGHT_EYE, LEFT_EYE, NOSE_TIP], :2]
    across = left - right
    return float((nose - right) @ across / (across @ across)) - 0.5


def planarity_residual(before: Points, after: Points) -> float:
    """RMS distance from the best homography, in eye distances."""
    matrix, _ = cv2.findHomography(before[:, :2], after[:, :2])
    mapped = cv2.perspectiveTransform(before[None, :, :2], matrix)[0]
    rms = np.sqrt(((mapped - after[:, :2]) ** 2).sum(axis=1).mean())
    return float(rms / np.linalg.norm(before[LEFT_EYE, :2] - before[RIGHT_EYE, :2]))


def seen(net: LandmarkNet, subject: Subject, yaw: float) -> Points:
    return net.points(subject.picture(Pose(yaw=yaw)))


def test_a_turn_to_the_left_moves_the_nose_right_and_back_again(
    net: LandmarkNet, head: Head
) -> None:
    subject = HeadSubject(head)
    right, middle, left = (nose_offset(seen(net, subject, yaw)) for yaw in (-20, 0, 20))
    assert right < middle - 0.15
    assert left > middle + 0.15


def test_a_turned_head_is_no_plane(net: LandmarkNet, head: Head) -> None:
    subject = HeadSubject(head)
    for yaw in (-24, 24):
        assert planarity_residual(seen(net, subject, 0), seen(net, subject, yaw)) > 0.05


def test_a_turned_print_stays_a_plane(net: LandmarkNet, head: Head) -> None:
    subject = FlatPhotograph(head.picture, lens=head.lens)
    for yaw in (-24, 24):
        assert planarity_residual(seen(net, subject, 0), seen(net, subject, yaw)) < 0.03


def test_the_background_holds_still_while_the_head_turns(head: Head) -> None:
    subject = HeadSubject(head)
    still, turned = subject.picture(Pose()), subject.picture(Pose(yaw=24))
    np.testing.assert_array_equal(still[:, :70], turned[:, :70])
    np.testing.assert_array_equal(still[:, 410:], turned[:, 410:])
    assert np.abs(still.astype(int) - turned)[200:400, 180:300].mean() > 10


def test_a_frontal_portrait_is_shown_as_it_is_at_pose_zero(head: Head) -> None:
    off = np.abs(HeadSubject(head).picture(Pose()).astype(int) - head.picture).max(axis=2)
    assert np.quantile(off, 0.99) <= 2
    assert off.mean() < 0.2


def test_a_turned_portrait_is_straightened(net: LandmarkNet, head: Head) -> None:
    turned = HeadSubject(head).picture(Pose(yaw=22))
    straightened = HeadSubject(head_from(turned, net=net)).picture(Pose())
    offset = abs(nose_offset(net.points(straightened)))
    assert offset < 0.6 * abs(nose_offset(net.points(turned)))


def test_the_mesh_projects_without_depth_only_when_it_has_none(head: Head) -> None:
    """The same geometry, computed: a flattened mesh moves as a plane, the real one does not."""
    face = head.solid[:468]
    flat = face * (1, 1, 0)
    turn = rotation(Pose(yaw=24)).T
    for points, low, high in ((face, 0.05, 1.0), (flat, 0.0, 1e-6)):
        before, after = head.lens.project(points), head.lens.project(points @ turn)
        assert low <= planarity_residual(before, after) <= high


def test_what_is_nearer_hides_what_is_behind() -> None:
    """Two squares one behind the other, red near and green far, however they are listed."""
    red_and_green = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    red_and_green[:, : WIDTH // 2, 2], red_and_green[:, WIDTH // 2 :, 1] = 255, 255
    square = np.asarray(((-60.0, -60.0), (60.0, -60.0), (60.0, 60.0), (-60.0, 60.0)))
    near, far = (np.column_stack((square, np.full(4, z))) for z in (-50.0, 50.0))
    red, green = square / 2 + (100, 300), square / 2 + (380, 300)
    halves = np.asarray(((0, 1, 2), (0, 2, 3)))
    lens = Lens(pivot=np.asarray((240.0, 320.0, 50.0)), face_width=200.0)
    for triangles in (np.vstack((halves, halves + 4)), np.vstack((halves + 4, halves))):
        pair = Head(
            picture=red_and_green,
            solid=np.vstack((near, far)),
            texture=np.vstack((red, green)),
            triangles=triangles,
            moving=8,
            lens=lens,
        )
        assert HeadSubject(pair).picture(Pose())[320, 240].tolist() == [0, 0, 255]


def test_the_hands_tremor_moves_the_whole_picture(head: Head) -> None:
    subject = HeadSubject(head)
    still, moved = subject.picture(Pose()), subject.picture(replace(Pose(), dx=2, dy=-3))
    np.testing.assert_array_equal(moved[:-3, 2:], still[3:, :-2])


def test_a_picture_without_a_face_is_refused(net: LandmarkNet) -> None:
    with pytest.raises(NoFaceError):
        net.points(np.full((480, 640, 3), 128, np.uint8))
