"""A head by formula: its surface, the places light is measured, and a mesh as the net gives one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.patches import SKIN

Array = NDArray[np.float64]

EYE_DISTANCE_CM = 6.3
_POINTS = 468
_EYES = {33: (-0.66, 0.0), 133: (-0.34, 0.02), 362: (0.34, 0.02), 263: (0.66, 0.0)}
_HALF = (
    *((-0.54, -0.79), (-0.46, -0.57), (-0.25, -0.59), (-0.34, 0.54), (-0.09, 0.49)),
    *((-0.83, 0.46), (-0.73, 0.25), (-0.58, 0.34), (-0.71, 0.6), (-0.94, 0.71)),
    *((-1.05, 0.46), (-0.53, 0.48), (-0.66, 1.32)),
)
"""Of the pairs of patches the one on the person's right, in eye distances from the eyes' middle."""
_RIGHT = (67, 69, 108, 48, 45, 50, 118, 101, 205, 187, 123, 36, 210)
_LEFT = (297, 299, 337, 278, 275, 280, 347, 330, 425, 411, 352, 266, 430)
_SINGLE = {
    10: (0.0, -0.85),
    151: (0.0, -0.59),
    9: (0.0, -0.28),
    195: (0.0, 0.24),
    5: (0.0, 0.35),
    4: (0.0, 0.49),
    199: (0.0, 1.73),
    175: (0.0, 1.85),
    164: (0.0, 0.76),
    212: (-0.7, 1.03),
}
_WAVES = 4
_EPSILON = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Depth over x and y, all in eye distances; y downwards, z away from the camera."""

    depth: float = 1.0
    """0: a sheet."""
    nose: float = 0.5
    bend: float = 0.0
    """One over the radius of a cylinder with an upright axis, per eye distance."""
    waves: tuple[tuple[float, float, float, float], ...] = ()
    """Smooth deformations: size, two wave numbers, phase."""

    def z(self, x: Array, y: Array) -> Array:
        """Return the depth at places."""
        skull = 1 - (x / 1.25) ** 2 - ((y - 0.45) / 1.9) ** 2
        ramp = np.clip((y + 0.3) / 0.75, 0.1, 1.0) * np.exp(-((np.maximum(0, y - 0.5) / 0.16) ** 2))
        nose = self.nose * ramp * np.exp(-((x / (0.15 + 0.13 * ramp)) ** 2))
        chin = 0.15 * np.exp(-(((y - 1.8) / 0.3) ** 2) - (x / 0.4) ** 2)
        solid = 0.35 - 0.65 * np.sqrt(np.maximum(0.05, skull)) - nose - chin
        for size, across, down, phase in self.waves:
            solid = solid + size * np.sin(across * x + down * y + phase)
        return np.asarray(self.depth * solid + self.bend * x**2 / 2)

    def points(self, places: Array) -> Array:
        """Return N × 3 of N × 2."""
        return np.column_stack([places, self.z(places[:, 0], places[:, 1])])

    def normals(self, places: Array) -> Array:
        """Return unit vectors towards the outside, N × 3."""
        x, y = places.T
        across = (self.z(x + _EPSILON, y) - self.z(x - _EPSILON, y)) / (2 * _EPSILON)
        down = (self.z(x, y + _EPSILON) - self.z(x, y - _EPSILON)) / (2 * _EPSILON)
        outward = np.column_stack([across, down, -np.ones_like(across)])
        return np.asarray(outward / np.linalg.norm(outward, axis=1, keepdims=True))


def waves(rng: np.random.Generator, size: float) -> tuple[tuple[float, float, float, float], ...]:
    """Draw smooth deformations of about `size` eye distances."""
    return tuple(
        (
            float(rng.normal(0, size / 2)),
            float(rng.uniform(-2.5, 2.5)),
            float(rng.uniform(-2.5, 2.5)),
            float(rng.uniform(0, 2 * np.pi)),
        )
        for _ in range(_WAVES)
    )


def skin_places() -> Array:
    """Return where the 36 patches lie, 36 × 2."""
    return np.asarray(_places()[SKIN])


def mesh_of(surface: Surface, *, pixels: float, centre: tuple[float, float]) -> Array:
    """Return 468 × 3 pixels of a surface, with `pixels` between the eyes."""
    return np.asarray(surface.points(_places()) * pixels + np.array([*centre, 0.0]))


def _places() -> Array:
    """Return 468 × 2: the named points where they belong, the others spread over the face."""
    rng = np.random.default_rng(468)
    angle, radius = rng.uniform(0, 2 * np.pi, _POINTS), np.sqrt(rng.uniform(0, 1, _POINTS))
    places = np.column_stack([1.12 * radius * np.cos(angle), 0.45 + 1.5 * radius * np.sin(angle)])
    for right, left, (x, y) in zip(_RIGHT, _LEFT, _HALF, strict=True):
        places[right], places[left] = (x, y), (-x, y)
    for index, place in {**_EYES, **_SINGLE}.items():
        places[index] = place
    return places
