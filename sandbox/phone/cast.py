"""Who stands before the phone: puts the parts together, honest or not."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np

from sandbox.phone.camera import Camera
from sandbox.phone.chain import FrameChain
from sandbox.phone.head import HEIGHT, WIDTH, Head, head_from
from sandbox.phone.hidden import whole
from sandbox.phone.landmarks import LandmarkNet
from sandbox.phone.misbehaviour import (
    EarlyFilming,
    FrozenFilming,
    ReorderedSealing,
    ReplayedFilming,
    ReplayedSealing,
    StaleNonceSealing,
)
from sandbox.phone.photograph import FlatPhotograph
from sandbox.phone.recording import Recording
from sandbox.phone.rendering import HeadSubject, Subject
from sandbox.phone.sensor import QUALITY, Sensor
from sandbox.phone.session import Actor
from sandbox.phone.setting import INDOORS, Setting
from sandbox.phone.skin import toned


class Attack(StrEnum):
    """The misbehaviours one can ask for by name."""

    IMPOSTOR = "impostor"
    FLAT = "flat"
    FROZEN = "frozen"
    EARLY = "early"
    REORDER = "reorder"
    STALE_NONCE = "stale-nonce"
    REPLAY = "replay"
    REPLAY_REHASHED = "replay-rehashed"


class UnreadablePortraitError(Exception):
    """The portrait's file is no picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Makes actors from portraits."""

    net: LandmarkNet
    rng: np.random.Generator
    setting: Setting = INDOORS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    quality: int = QUALITY
    """Of the frames' JPEG files; whoever encodes them again wants more than a phone makes."""

    def head(self, portrait: Path) -> Head:
        """Read a portrait's file and lay it over its mesh.

        Raises:
            UnreadablePortraitError: the file is no picture.
            NoFaceError: the picture shows no face.
        """
        try:
            data = np.frombuffer(portrait.read_bytes(), np.uint8)
            picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
        except (OSError, cv2.error) as error:
            raise UnreadablePortraitError(portrait.name) from error
        if picture is None:
            raise UnreadablePortraitError(portrait.name)
        return head_from(whole(np.asarray(picture, np.uint8), net=self.net), net=self.net)

    def camera(self, subject: Subject) -> Camera:
        """Return a camera before a subject."""
        return Camera(
            subject=subject,
            sensor=Sensor(rng=self.rng, width=WIDTH, height=HEIGHT, quality=self.quality),
            rng=self.rng,
            clock=self.clock,
            sleep=self.sleep,
            setting=self.setting,
        )

    def person(self, head: Head) -> Actor:
        """Return the honest owner of a head; an impostor is this, with another name."""
        shown = toned(head, self.setting.band)
        return Actor(filming=self.camera(HeadSubject(shown, setting=self.setting)))

    def attacker(self, attack: Attack, head: Head) -> Actor:
        """Return who plays an attack that needs nothing but a portrait.

        Raises:
            ValueError: the attack replays a recording; use ``replayer``.
        """
        if attack is Attack.FLAT:
            print_ = toned(head, self.setting.band).picture
            flat = FlatPhotograph(print_, lens=head.lens, setting=self.setting)
            return Actor(filming=self.camera(flat))
        honest = self.person(head)
        match attack:
            case Attack.IMPOSTOR:
                return honest
            case Attack.FROZEN | Attack.EARLY:
                wrap = FrozenFilming if attack is Attack.FROZEN else EarlyFilming
                return replace(honest, filming=wrap(honest.filming))
            case Attack.REORDER | Attack.STALE_NONCE:
                spoil = ReorderedSealing if attack is Attack.REORDER else StaleNonceSealing
                return replace(honest, sealing=lambda id_: spoil(FrameChain(id_)))
            case _:
                raise ValueError(attack)

    def replayer(self, recording: Recording, *, rehashed: bool) -> Actor:
        """Return who sends an old session again, with its old hashes or with new ones."""
        filming = ReplayedFilming(recording, clock=self.clock, sleep=self.sleep)
        if rehashed:
            return Actor(filming=filming)
        return Actor(filming=filming, sealing=lambda _: ReplayedSealing(recording))
