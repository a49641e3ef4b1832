"""Attacks with a printed portrait of the victim. Cheap: a picture from the net and a printer."""

from collections.abc import Callable

import numpy as np

from sandbox.phone.attacks.held import Content, Hand, SheetSubject, Wall
from sandbox.phone.attacks.materials import Paper
from sandbox.phone.attacks.scene import Scene
from sandbox.phone.attacks.sheet import Cut, Sheet, cut_out
from sandbox.phone.attacks.surfaces import Cylinder, Ellipsoid, Plane, Surface
from sandbox.phone.lamp import FACE_CM
from sandbox.phone.pose import Pose
from sandbox.phone.rendering import HeadSubject, Subject
from sandbox.phone.session import Actor

_A4_CM = (21.0, 29.7)
_POSTER = (2.0, 2.0)  # so large that its edges are out of the picture
_MASK = (0.66, 0.86)  # half sizes in face widths: ear to ear, hair to chin
_MARGIN = 6  # pixels of white paper around the picture


def flat_print(scene: Scene) -> Actor:
    """Hold a print, A4 or a poster, in the face's place and swing it where a head would turn."""
    still = _still(scene, _sheet_half(scene))
    return _held(scene, Plane(), still, hand=scene.hand())


def bent_print(scene: Scene) -> Actor:
    """Bend the print around an upright or a lying axis, radius 8–20 cm, and swing it."""
    rng = scene.rng
    radius = float(rng.uniform(8, 20)) * scene.victim.lens.face_width / FACE_CM
    roll = Cylinder(radius=radius, upright=bool(rng.random() < 2 / 3))
    return _held(scene, roll, _still(scene, _sheet_half(scene)), hand=scene.hand())


def cutout_eyes(scene: Scene) -> Actor:
    """Cut the eyes out and blink through the holes; the attacker's own lids move, nothing else."""
    half = _sheet_half(scene)
    subject = HeadSubject(scene.victim, setting=scene.unlit)
    content = _moving(scene, half, subject, lambda pose: Pose(blink=pose.blink))
    return _held(scene, Plane(), content, hand=scene.hand())


def paper_mask(scene: Scene) -> Actor:
    """Wear the print, pressed over something as round as a head but without a nose."""
    width, rng = scene.victim.lens.face_width, scene.rng
    wide, high = (half * width for half in _MASK)
    shape = Ellipsoid(
        wide=float(rng.uniform(0.58, 0.75)) * width,
        high=float(rng.uniform(0.80, 1.10)) * width,
        deep=float(rng.uniform(0.35, 0.65)) * width,
    )
    wearer = HeadSubject(scene.other, setting=scene.setting)
    hand = Hand(swing=1.0, wobble=0.0)
    still = _still(scene, (wide, high), margin=0)
    return _held(scene, shape, still, hand=hand, behind=wearer, axis=0.5 * width)


def _held(
    scene: Scene,
    surface: Surface,
    content: Content,
    *,
    hand: Hand,
    behind: Subject | None = None,
    axis: float = 0.0,
) -> Actor:
    subject = SheetSubject(
        content,
        sheet=Sheet(surface, lens=scene.victim.lens, axis=axis),
        material=Paper(scene.victim.lens, scene.setting),
        behind=behind or Wall(scene.victim, scene.setting),
        hand=hand,
        rng=scene.rng,
    )
    return Actor(filming=scene.camera(subject))


def _still(scene: Scene, half: tuple[float, float], *, margin: int = _MARGIN) -> Content:
    """Return content that never changes."""
    cut = _cut(scene, HeadSubject(scene.victim, setting=scene.unlit), Pose(), half, margin)
    return lambda _: cut


def _moving(
    scene: Scene, half: tuple[float, float], subject: Subject, shown: Callable[[Pose], Pose]
) -> Content:
    return lambda pose: _cut(scene, subject, shown(pose), half, _MARGIN)


def _cut(scene: Scene, subject: Subject, pose: Pose, half: tuple[float, float], margin: int) -> Cut:
    x, y = scene.victim.lens.pivot[:2].tolist()
    return cut_out(subject.picture(pose), middle=(x, y), half=half, margin=margin)


def _sheet_half(scene: Scene) -> tuple[float, float]:
    """Return half the sheet's size, pixels: A4 with its edges in sight, or a poster."""
    width = scene.victim.lens.face_width
    if scene.rng.random() < 1 / 2:
        wide, high = (np.asarray(_A4_CM) / FACE_CM / 2 * width).tolist()
        return wide, high
    return _POSTER[0] * width, _POSTER[1] * width
