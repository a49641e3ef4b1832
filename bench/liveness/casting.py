"""Who and what one session puts before the camera."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.liveness.album import Album
from bench.liveness.desk import Watch
from bench.liveness.identities import Identity
from bench.liveness.memory import Memory
from bench.liveness.orders import GENUINE, Order
from sandbox.phone.attacks.families import family
from sandbox.phone.attacks.replaying import Recorder, Take, decoded
from sandbox.phone.attacks.scene import Scene
from sandbox.phone.camera import Camera, Filming
from sandbox.phone.head import HEIGHT, WIDTH, Head
from sandbox.phone.rendering import HeadSubject, Subject
from sandbox.phone.sensor import Sensor
from sandbox.phone.session import Actor
from sandbox.phone.setting import Band, Setting
from sandbox.phone.steps import Step as Told
from verify.defaults import DEFAULT_POLICY
from verify.likeness import glance
from verify.liveness.challenge import KINDS, Challenge, plan


class Casting:
    """Who and what one order puts before the camera."""

    def __init__(
        self,
        *,
        order: Order,
        album: Album,
        members: Sequence[Identity],
        rng: np.random.Generator,
    ) -> None:
        """Draw the setting and the attacker; the person follows from the order."""
        self._album = album
        self._order = order
        self.rng = rng
        self._stolen = 0
        self.band = Band(order.band)
        self.watch = Watch()
        self.memory = Memory()
        self.victim = members[order.person % len(members)]
        self._other = _stranger(self.victim, members, rng)
        self.setting = Setting.drawn(rng, ratio=order.ratio, band=self.band)

    def actor(self) -> Actor:
        """Return the honest person or the attacker."""
        head = self._head(self.victim)
        if self._order.family == GENUINE:
            return Actor(filming=self._camera(HeadSubject(head, setting=self.setting)))
        scene = Scene(
            victim=head,
            other=self._head(self._other),
            setting=self.setting,
            rng=self.rng,
            before=self._camera,
            stolen=lambda: self._steal(head),
            clock=self.watch,
            sleep=self.watch.sleep,
        )
        return family(self._order.family).cast(scene)

    def _head(self, one: Identity) -> Head:
        return self._album.head(one, self.band)

    def _camera(self, subject: Subject, setting: Setting | None = None) -> Filming:
        return Camera(
            subject=subject,
            sensor=Sensor(rng=self.rng, width=WIDTH, height=HEIGHT),
            rng=self.rng,
            clock=self.watch,
            sleep=self.watch.sleep,
            setting=setting or self.setting,
        )

    def _steal(self, head: Head) -> Sequence[Take]:
        """Film another genuine session of the victim, and let the server remember it."""
        self._stolen += 1
        name = f"{self._order.key}/stolen/{self._stolen}"
        there = Setting.drawn(self.rng, ratio=self._order.ratio, band=self.band)
        recorder = Recorder(self._camera(HeadSubject(head, setting=there), there))
        for step in drawn(self._order.variant, self.rng).steps:
            recorder.film(Told.from_json(step.public()))
        for taken in recorder.takes:
            files = [frame.jpeg for frame in taken.frames]
            self.memory.seen_elsewhere(name, files)
            if KINDS[taken.kind].moves:
                looks = [glance(decoded(file)).phash for file in files]
                self.memory.looks.setdefault(name, []).extend(looks)
        return recorder.takes


def _stranger(victim: Identity, members: Sequence[Identity], rng: np.random.Generator) -> Identity:
    """Return somebody without a parent in common, where there is one."""
    others = [one for one in members if one.name != victim.name]
    apart = [one for one in others if not one.parents & victim.parents] or others
    return apart[int(rng.integers(len(apart)))]


def drawn(variant: str, rng: np.random.Generator) -> Challenge:
    """Draw a challenge from seeded randomness; ``StopIteration`` if there is no such variant."""
    return plan(
        next(one for one in DEFAULT_POLICY.challenge.variants if one.name == variant),
        policy=DEFAULT_POLICY.challenge,
        randbelow=lambda limit: int(rng.integers(limit)),
        token=rng.bytes,
    )
