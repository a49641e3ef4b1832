"""Attacks with recordings and with helpers, as they are cast."""

import numpy as np

from sandbox.phone.attacks.acting import Disobeying, Frozen, Slipping, Swapping
from sandbox.phone.attacks.replaying import Cutter, Take, Worn, untouched
from sandbox.phone.attacks.scene import Scene
from sandbox.phone.rendering import HeadSubject
from sandbox.phone.session import Actor

_SESSIONS = 2  # stolen for one that is spliced
_SLIPPED = (2, 4, 12, 60)  # one frame in so many; 12 is the first of every part


def old_session_replay(scene: Scene) -> Actor:
    """Send an earlier genuine session's frames again, sealed anew; every other time recompressed.

    Each step is answered by the old step of its kind, where there was one.
    """
    return _cut(scene, list(scene.stolen()))


def spliced_sessions(scene: Scene) -> Actor:
    """Cut a session together from the steps of several genuine ones of the victim."""
    return _cut(scene, [take for _ in range(_SESSIONS) for take in scene.stolen()])


def frozen_frame(scene: Scene) -> Actor:
    """Send the victim's picture, standing still; every other time with fresh grain."""
    grainy = bool(scene.rng.random() < 1 / 2)
    camera = scene.camera(HeadSubject(scene.victim, setting=scene.setting))
    return Actor(filming=Frozen(camera, rng=scene.rng, grainy=grainy))


def wrong_order(scene: Scene) -> Actor:
    """Be the victim, alive, but do another movement than the one asked for."""
    camera = scene.camera(HeadSubject(scene.victim, setting=scene.setting))
    return Actor(filming=Disobeying(camera, rng=scene.rng))


def two_people_swap(scene: Scene) -> Actor:
    """Let the victim look into the camera and a helper do the movements."""
    looking, moving = (
        scene.camera(HeadSubject(head, setting=scene.setting))
        for head in (scene.victim, scene.other)
    )
    return Actor(filming=Swapping(looking, moving, sleep=scene.sleep))


def slipped_frames(scene: Scene) -> Actor:
    """Be oneself, alive, and slip single frames of the victim in where they may be matched."""
    acting, looking = (
        scene.camera(HeadSubject(head, setting=scene.setting))
        for head in (scene.other, scene.victim)
    )
    every = _SLIPPED[int(scene.rng.integers(len(_SLIPPED)))]
    return Actor(filming=Slipping(acting, looking, every=every))


def impostor(scene: Scene) -> Actor:
    """Be oneself, alive, under the victim's name."""
    return Actor(filming=scene.camera(HeadSubject(scene.other, setting=scene.setting)))


def _cut(scene: Scene, takes: list[Take]) -> Actor:
    worn = bool(scene.rng.random() < 1 / 2)
    return Actor(
        filming=Cutter(
            takes,
            rng=np.random.default_rng(scene.rng.integers(2**63)),
            clock=scene.clock,
            sleep=scene.sleep,
            touch=Worn(scene.rng) if worn else untouched,
        )
    )
