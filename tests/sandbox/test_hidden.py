"""A portrait that looks aside gets the half it hides from the half it shows."""

import numpy as np
import pytest

from sandbox.phone.head import Head, head_from
from sandbox.phone.hidden import whole
from sandbox.phone.landmarks import LandmarkNet, Picture
from sandbox.phone.mesh import CHEEKS, EYES
from sandbox.phone.pose import Pose
from sandbox.phone.rendering import HeadSubject
from tests.sandbox.test_rendering import PORTRAITS_LIGHT


def turned(head: Head, yaw: float) -> Picture:
    return HeadSubject(head, setting=PORTRAITS_LIGHT).picture(Pose(yaw=yaw))


def cheeks_apart(net: LandmarkNet, portrait: Picture) -> float:
    """Values by which the far cheek of a straightened portrait differs from the near one."""
    head = head_from(portrait, net=net)
    frontal = turned(head, head.straight).astype(float)
    points = net.points(frontal.astype(np.uint8))
    outer = [points[eye.corners[0], :2] for eye in EYES]
    sides = [points[cheek, :2] for cheek in reversed(CHEEKS)]
    spots = [0.35 * eye + 0.65 * side + (0, 25) for eye, side in zip(outer, sides, strict=True)]
    colours = [
        frontal[round(y) - 6 : round(y) + 7, round(x) - 6 : round(x) + 7].mean(axis=(0, 1))
        for x, y in spots
    ]
    return float(np.abs(colours[0] - colours[1]).max())


@pytest.mark.parametrize("yaw", [-12.0, 0.0, 12.0])
def test_a_portrait_that_shows_both_cheeks_stays_as_it_is(
    net: LandmarkNet, head: Head, yaw: float
) -> None:
    picture = turned(head, yaw)
    assert whole(picture, net=net) is picture


@pytest.mark.parametrize("yaw", [-24.0, 24.0])
def test_a_portrait_that_looks_aside_is_given_the_cheek_it_hides(
    net: LandmarkNet, head: Head, yaw: float
) -> None:
    picture = turned(head, yaw)
    given = whole(picture, net=net)
    assert abs(head_from(given, net=net).aside) < 8
    assert cheeks_apart(net, given) < 0.6 * cheeks_apart(net, picture)
