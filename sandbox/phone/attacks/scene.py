"""What an attacker has at hand for one session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sandbox.phone.attacks.held import Hand
from sandbox.phone.attacks.replaying import Take
from sandbox.phone.camera import Filming
from sandbox.phone.head import Head
from sandbox.phone.rendering import Subject
from sandbox.phone.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A place, a phone, and what is known of the victim."""

    victim: Head
    """From a good portrait."""
    other: Head
    """The attacker's own, or a helper's."""
    setting: Setting
    rng: np.random.Generator
    before: Callable[[Subject, Setting], Filming]
    """Puts a camera before a subject."""
    stolen: Callable[[], Sequence[Take]]
    """Returns the takes of another genuine session of the victim, each time a new one."""
    clock: Callable[[], float]
    sleep: Callable[[float], None]

    @property
    def unlit(self) -> Setting:
        """The circumstances of a portrait: nothing but the light it was taken in."""
        return replace(self.setting, ratio=0.0, level=1.0)

    def camera(self, subject: Subject, setting: Setting | None = None) -> Filming:
        """Film a subject, in this scene's setting unless another is given."""
        return self.before(subject, setting or self.setting)

    def hand(self) -> Hand:
        """Return an attacker's hand: how far it swings, how it shakes and tilts."""
        rng = self.rng
        yaw, pitch, roll = (rng.normal(0, 1, 3) * (4, 4, 2)).tolist()
        return Hand(
            swing=float(rng.uniform(0.9, 1.8)),
            wobble=float(rng.uniform(0.5, 2.5)),
            tilt=(yaw, pitch, roll),
            away=float(rng.uniform(-0.15, 0.15)),
        )
