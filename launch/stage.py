"""Who plays: sandbox persons, their photographs and phones, the cashier, the hospital."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sandbox.hospital_his.client import Hospital
from sandbox.phone.cast import Studio
from sandbox.phone.client import Phone
from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http
from sandbox.phone.keys import DeviceKey
from sandbox.phone.landmarks import LandmarkNet, packaged_detector
from sandbox.phone.session import Claim
from sandbox.terminal.assertion import ClientAssertions
from sandbox.terminal.client import Terminal
from sandbox.terminal.purchases import SCOPE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.phone.head import Head

CITIZEN = Claim(citizen_number="990101198503171010", name="张明远")
"""Of sandbox/departments/population/persons.toml; the registry knows him by obama3.jpg."""
CAPTURE = "obama.jpg"
"""His face before the camera: another photograph of the same man."""
FOREIGN_CAPTURE = "biden.jpg"
"""The face of somebody else."""


class Registration(Protocol):
    """What is known of the sandbox's cashier, or of its hospital's system."""

    @property
    def client_id(self) -> str:
        """Its registered id."""
        ...

    @property
    def key_file(self) -> Path:
        """Its private key, PEM."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the journey is played."""

    base_url: str
    portraits: Path
    mesh_model: Path
    till: Registration
    hospital: Registration

    def studio(self) -> Studio:
        """Return a studio of its own: its network and generator belong to one thread."""
        net = LandmarkNet(mesh_model=self.mesh_model, detector_model=packaged_detector())
        return Studio(net=net, rng=np.random.default_rng())

    def head(self, studio: Studio, portrait: str = CAPTURE) -> Head:
        """Return the head that stands before the camera."""
        return studio.head(self.portraits / portrait)

    @contextlib.contextmanager
    def phone(self) -> Iterator[Phone]:
        """Hand out a phone with a key of its own."""
        prover = Prover(key=DeviceKey.generate(), clock=time.time)
        with Http(base_url=self.base_url, prover=prover, clock=time.perf_counter) as http:
            yield Phone(http)

    @contextlib.contextmanager
    def terminal(self) -> Iterator[Terminal]:
        """Hand out the cashier's till, signed in for decoding and selling."""
        prover = Prover(key=DeviceKey.generate(), clock=time.time)
        with Http(base_url=self.base_url, prover=prover, clock=time.perf_counter) as http:
            terminal = Terminal(http=http, assertions=self._assertions(self.till))
            terminal.sign_in(SCOPE)
            yield terminal

    @contextlib.contextmanager
    def desk(self) -> Iterator[Hospital]:
        """Hand out the hospital's system, signed in for all it does."""
        prover = Prover(key=DeviceKey.generate(), clock=time.time)
        with Http(base_url=self.base_url, prover=prover, clock=time.perf_counter) as http:
            hospital = Hospital(
                http=http,
                assertions=self._assertions(self.hospital),
                token=None,
                keep=lambda _: None,
            )
            hospital.sign_in()
            yield hospital

    def _assertions(self, registered: Registration) -> ClientAssertions:
        return ClientAssertions(
            client_id=registered.client_id,
            key=DeviceKey.load(registered.key_file),
            issuer=self.base_url,
            clock=time.time,
        )
