"""Where rays of sight meet a sheet."""

import numpy as np
import pytest

from sandbox.phone.attacks.surfaces import Cylinder, Ellipsoid, Plane, Surface
from sandbox.phone.landmarks import Points

EYE = np.array([0.0, 0.0, -600.0])
SHAPES: list[Surface] = [
    Plane(),
    Cylinder(radius=150, upright=True),
    Cylinder(radius=150, upright=False),
    Ellipsoid(wide=110, high=150, deep=120),
]


def ways(*targets: tuple[float, float]) -> Points:
    return np.asarray([(x, y, 0.0) for x, y in targets] - EYE, np.float64)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_middle_of_every_sheet_is_nearest_and_faces_the_camera(shape: Surface) -> None:
    met = shape.meet(EYE, ways((0, 0), (40, 30)))
    assert met.at[0] == pytest.approx((0, 0, 0), abs=1e-9)
    assert met.normals[0] == pytest.approx((0, 0, -1))
    assert met.at[1, 2] >= 0


@pytest.mark.parametrize("shape", SHAPES)
def test_paper_bends_but_does_not_stretch_along_its_axes(shape: Surface) -> None:
    path = ways(*((x, 0.0) for x in np.linspace(0, 80, 400)))
    met = shape.meet(EYE, path)
    walked = np.linalg.norm(np.diff(met.at, axis=0), axis=1).sum()
    assert met.sheet[-1, 0] == pytest.approx(walked, rel=0.03)


@pytest.mark.parametrize("shape", SHAPES)
def test_normals_stand_upright_on_the_surface(shape: Surface) -> None:
    met = shape.meet(EYE, ways((50, 40), (50.01, 40), (50, 40.01)))
    for step in np.diff(met.at, axis=0):
        assert abs(step @ met.normals[0]) < 1e-3 * np.linalg.norm(step)
    assert np.linalg.norm(met.normals, axis=1) == pytest.approx(1)


def test_rays_that_pass_a_roll_meet_nothing() -> None:
    met = Cylinder(radius=100, upright=True).meet(EYE, ways((300, 0)))
    assert np.isnan(met.sheet[0, 0])
