"""One process's stage: models, people, and the sessions played on it."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

import cv2

from bench.liveness.album import Album
from bench.liveness.casting import Casting, drawn
from bench.liveness.desk import Desk
from bench.liveness.identities import Group, Identity, roster, sources
from bench.liveness.orders import GENUINE, Lab, Order
from sandbox.phone.landmarks import LandmarkNet, packaged_detector
from sandbox.phone.setting import Band
from verify.defaults import DEFAULT_POLICY
from verify.engine.tasks import Measuring, measurer
from verify.models import ModelFiles
from verify.results import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Holds native objects: one per process."""

    lab: Lab
    measurer: Measuring
    album: Album
    people: tuple[Identity, ...]
    templates: dict[tuple[str, Band], Template] = field(default_factory=dict)

    def play(self, order: Order) -> dict[str, Any]:
        """Play a session and return its record, JSON values."""
        began = time.process_time()
        cast = self.casting(order)
        desk = Desk(
            measurer=self.measurer,
            policy=DEFAULT_POLICY,
            watch=cast.watch,
            early=order.group == Group.REPORTING.value,
        )
        ended = desk.play(
            cast.actor(),
            drawn(order.variant, cast.rng),
            session=order.key,
            template=self.template(cast.victim, cast.band),
            memory=cast.memory,
        )
        told = asdict(ended)
        return {
            **told,
            "genuine": order.family == GENUINE,
            "identity": cast.victim.name,
            "device": cast.setting.device.name,
            "lag_ms": round(1000 * cast.setting.lag_s),
            "render_s": round(time.process_time() - began - ended.cpu_s, 3),
        }

    def casting(self, order: Order) -> Casting:
        """Return who and what the order puts before the camera."""
        members = tuple(one for one in self.people if one.group.value == order.group)
        return Casting(order=order, album=self.album, members=members, rng=order.rng(self.lab))

    def template(self, one: Identity, band: Band) -> Template:
        """Return the register's face, enrolled once."""
        key = (one.name, band)
        if key not in self.templates:
            self.templates[key] = self.measurer.enrol(self.album.reference(one, band))
        return self.templates[key]


@cache
def stage_of(lab: Lab) -> Stage:
    """Return this process's stage, set up once."""
    cv2.setNumThreads(1)
    return Stage(
        lab=lab,
        measurer=measurer(ModelFiles.installed(mesh=lab.mesh), DEFAULT_POLICY),
        album=Album(LandmarkNet(mesh_model=lab.mesh, detector_model=packaged_detector())),
        people=roster(sources(lab.portraits, lab.faces), count=lab.people, seed=lab.seed),
    )
