"""A tablet before the camera that plays the victim doing what is asked."""

from dataclasses import replace

from sandbox.phone.attacks.held import Content, Hand, SheetSubject, Wall
from sandbox.phone.attacks.materials import Glass
from sandbox.phone.attacks.scene import Scene
from sandbox.phone.attacks.sheet import Cut, Sheet, cut_out
from sandbox.phone.attacks.surfaces import Plane
from sandbox.phone.lamp import FACE_CM
from sandbox.phone.pose import Pose
from sandbox.phone.rendering import HeadSubject
from sandbox.phone.session import Actor

_TABLETS_CM = ((16.0, 21.4), (19.7, 26.2), (30.0, 40.0))  # 10 and 13 inches, and a monitor
_PIXELS_A_CM = (80.0, 110.0)
_BEZEL = (18, 18, 20)


def screen_replay(scene: Scene) -> Actor:
    """Play a film of the victim for whatever is asked, on a tablet held still.

    The attacker has films of every movement and finds the right one at once. The tablet gives its
    own light; of the phone's it throws back a haze that is the same over the whole glass.
    """
    rng, lens = scene.rng, scene.victim.lens
    unit = lens.face_width / FACE_CM
    glass = Glass(
        lens,
        scene.setting,
        brightness=float(rng.uniform(0.5, 1.1)),
        haze=float(rng.uniform(0.005, 0.04)),
        pitch=float(rng.uniform(*_PIXELS_A_CM)) / unit,
        moire=float(rng.uniform(0.01, 0.05)),
    )
    tilt = rng.normal(0, 4, 3) * (1, 1, 0.5)
    subject = SheetSubject(
        _film(scene, unit),
        sheet=Sheet(Plane(), lens=lens),
        material=glass,
        behind=Wall(scene.victim, scene.setting),
        hand=Hand(swing=0.0, wobble=0.4, approach=0.0, tilt=tuple(tilt.tolist())),
        rng=rng,
    )
    return Actor(filming=scene.camera(subject))


def _film(scene: Scene, unit: float) -> Content:
    """Return what the tablet plays; coming closer is played as well, not done."""
    wide, high = _TABLETS_CM[int(scene.rng.integers(len(_TABLETS_CM)))]
    subject = HeadSubject(scene.victim, setting=scene.unlit)
    x, y = scene.victim.lens.pivot[:2].tolist()

    def content(pose: Pose) -> Cut:
        return cut_out(
            subject.picture(replace(pose, dx=0.0, dy=0.0)),
            middle=(x, y),
            half=(wide / 2 * unit, high / 2 * unit),
            margin=14,
            colour=_BEZEL,
        )

    return content
