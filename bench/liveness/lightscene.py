"""Who stands before which screen, in what light; and what light comes back, without a camera.

Lambert's law on skin and screen, the screen's size and distance, ambient light from a lamp of some
colour, a wall behind, a head that sways.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.liveness.lighthead import EYE_DISTANCE_CM, Surface, skin_places, waves
from verify.liveness.challenge import Step
from verify.liveness.lightcode import Pattern, Segment, linear

Array = NDArray[np.float64]

BANDS = {
    "light": (0.35, 0.45, 0.62),
    "medium": (0.16, 0.24, 0.38),
    "dark": (0.045, 0.07, 0.12),
}
"""Reflectance of skin: blue, green, red."""
LUMA = np.array([0.07, 0.72, 0.21])
_BEFORE = 0.2
"""What the screen shows before a block, of white."""
_EXPOSED_MS = 33.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Centimetres; the lens sits above its upper edge."""

    width: float
    height: float
    distance: float

    def quadrants(self) -> Array:
        """Return four places, 4 × 3: upper and lower, each left and right of the looker."""
        x, top = self.width / 4, 1.0
        upper, lower = top + self.height / 4, top + 3 * self.height / 4
        # The looker's left is the picture's right.
        return np.array([[x, upper, 0], [-x, upper, 0], [x, lower, 0], [-x, lower, 0]])


HEAD = Surface()
"""The average one."""
PHONE = Screen(width=7.0, height=15.0, distance=33.0)
LAPTOP = Screen(width=31.0, height=17.5, distance=55.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who or what stands before which camera, in what light."""

    ratio: float
    """Screen over ambient light on the face, luma."""
    band: str = "medium"
    screen: Screen = PHONE
    surface: Surface = HEAD
    background: float = 0.05
    """How strongly it answers compared with the face."""
    lag_ms: float = 100.0
    sway: float = 1.2
    """Standard deviation of the head's turning, degrees."""
    texture: float = 0.004
    """Standard deviation of a patch's log brightness as the patch slides over the skin."""


def anyone(rng: np.random.Generator) -> Surface:
    """Draw a head."""
    return Surface(
        depth=float(rng.uniform(0.85, 1.15)),
        nose=float(rng.uniform(0.4, 0.6)),
        waves=waves(rng, 0.03),
    )


def sheet(rng: np.random.Generator, *, bent: bool) -> Surface:
    """Draw a print, flat or bent to a radius of 8–20 cm."""
    bend = EYE_DISTANCE_CM / rng.uniform(8, 20) * rng.choice([-1, 1]) if bent else 0.0
    return Surface(depth=0.0, bend=float(bend))


def shine(
    times: Sequence[Array], starts: Sequence[float], steps: Sequence[Step], lag_ms: float
) -> Array:
    """Return what each frame sees of the screen: frames × quadrants × BGR, of white."""
    rows = []
    for clock, start, step in zip(times, starts, steps, strict=True):
        pictures = np.array([_BEFORE * np.ones((4, 3)), *map(_quadrants, step.segments)])
        moments = clock[:, None] - lag_ms - start - np.linspace(0, _EXPOSED_MS, 5)
        index = np.clip(np.floor(moments / step.segment_ms) + 1, 0, len(step.segments)).astype(int)
        rows.append(pictures[index].mean(axis=1))
    return np.concatenate(rows)


def _quadrants(segment: Segment) -> Array:
    first, second = np.array(linear(segment.first)), np.array(linear(segment.second))
    lit = {
        Pattern.FULL: (first, first, first, first),
        Pattern.LEFT_RIGHT: (first, second, first, second),
        Pattern.TOP_BOTTOM: (first, first, second, second),
    }
    return np.array(lit[segment.pattern])


def light_of(lit: Array, scene: Scene, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return light from the skin (frames × 36 × BGR) and the background (frames × 2 × BGR)."""
    count = len(lit)
    lamp = _unit(np.array([rng.normal(0, 0.6), rng.uniform(-1.0, 0.0), -1.0]))
    hue = np.array([rng.uniform(0.45, 1.2), 1.0, rng.uniform(0.9, 1.4)])
    hue /= hue @ LUMA
    turns = _turns(count, scene.sway, rng)
    normals = np.einsum("tij,pj->tpi", turns, scene.surface.normals(skin_places()))
    answer = _irradiance(normals, scene)
    ambient = 0.5 + 0.8 * np.maximum(0, normals @ lamp)
    ambient /= ambient.mean()
    screen = np.einsum("tqc,tpq->tpc", lit, answer)
    albedo = np.array(BANDS[scene.band]) * rng.normal(1, 0.08, (36, 3)).clip(0.7, 1.3)
    slide = np.exp(_wander((count, 36), scene.texture, rng))
    skin = albedo * slide[..., None] * (ambient[..., None] * hue + scene.ratio * screen)
    wall = rng.uniform(0.15, 0.5, (2, 3))
    far = scene.ratio * scene.background * lit.mean(axis=1)[:, None]
    behind = wall * np.exp(_wander((count, 2), scene.texture, rng))[..., None] * (hue + far)
    return skin, behind


def _irradiance(normals: Array, scene: Scene) -> Array:
    """Return frames × 36 × quadrants; a white screen gives one on the average."""
    places = scene.surface.points(skin_places()) * EYE_DISTANCE_CM
    places = places + np.array([0, -0.45 * EYE_DISTANCE_CM, scene.screen.distance])
    rays = scene.screen.quadrants()[None] - places[:, None]
    far = np.linalg.norm(rays, axis=2)
    # Lambert's cosine on the skin, and the screen's own.
    cosine = np.maximum(0, np.einsum("tpi,pqi->tpq", normals, rays / far[..., None]))
    answer = cosine * (-rays[..., 2] / far) / far**2
    return np.asarray(answer / answer.sum(axis=2).mean())


def _turns(count: int, sway: float, rng: np.random.Generator) -> Array:
    """Return small rotations, frames × 3 × 3."""
    yaw, pitch = np.radians(_wander((2, count), sway, rng, axis=1))
    one, zero = np.ones(count), np.zeros(count)
    return np.stack(
        [
            np.stack([one, zero, -yaw], axis=1),
            np.stack([zero, one, -pitch], axis=1),
            np.stack([yaw, pitch, one], axis=1),
        ],
        axis=1,
    )


def _wander(
    shape: tuple[int, ...], size: float, rng: np.random.Generator, *, axis: int = 0
) -> Array:
    """Return slow random motion of a standard deviation of `size` along an axis."""
    noise = np.moveaxis(rng.normal(0, size, shape), axis, 0)
    keep = 0.9
    for at in range(1, len(noise)):
        noise[at] = keep * noise[at - 1] + np.sqrt(1 - keep**2) * noise[at]
    return np.moveaxis(noise, 0, axis)


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector))
