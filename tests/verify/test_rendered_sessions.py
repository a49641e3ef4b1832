"""Whole sessions on pixels: the virtual phone's portraits, judged by what they show."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bench.liveness.casting import drawn
from bench.liveness.desk import Desk, Outcome, Watch
from bench.liveness.memory import Memory
from sandbox.phone.cast import Attack, Studio
from sandbox.phone.landmarks import LandmarkNet, packaged_detector
from sandbox.phone.session import Actor
from verify.defaults import DEFAULT_POLICY
from verify.engine.tasks import Measuring
from verify.models import ModelFiles
from verify.results import Template

REJECTED = "REJECTED_PROTOCOL"


@dataclass
class Scene:
    """A phone before a portrait, and the desk that checks it against another photograph."""

    studio: Studio
    desk: Desk
    template: Template
    portrait: Path

    def play(
        self, actor: Actor, variant: str, *, memory: Memory | None = None, name: str = "vrf_one"
    ) -> Outcome:
        asked = drawn(variant, np.random.default_rng(20261125))
        known = memory if memory is not None else Memory()
        return self.desk.play(actor, asked, session=name, template=self.template, memory=known)

    def actor(self, attack: Attack | None = None) -> Actor:
        head = self.studio.head(self.portrait)
        return self.studio.attacker(attack, head) if attack else self.studio.person(head)


@pytest.fixture
def scene(measurer: Measuring, portraits: Path, models: ModelFiles) -> Callable[[str, str], Scene]:
    def build(portrait: str, reference: str) -> Scene:
        watch = Watch()
        net = LandmarkNet(mesh_model=models.mesh, detector_model=packaged_detector())
        studio = Studio(net=net, rng=np.random.default_rng(7), clock=watch, sleep=watch.sleep)
        return Scene(
            studio=studio,
            desk=Desk(measurer=measurer, policy=DEFAULT_POLICY, watch=watch),
            template=measurer.enrol((portraits / reference).read_bytes()),
            portrait=portraits / portrait,
        )

    return build


@pytest.mark.parametrize(
    ("variant", "level"), [("full", "L3"), ("no_light", "L2"), ("no_motion", "L1")]
)
def test_a_living_head_passes_against_another_photograph(
    scene: Callable[[str, str], Scene], variant: str, level: str
) -> None:
    man = scene("obama.jpg", "obama3.jpg")
    ended = man.play(man.actor(), variant)
    assert (ended.passed, ended.level, ended.gate) == (True, level, None)


def test_two_honest_sessions_of_one_person_are_no_replay(
    scene: Callable[[str, str], Scene],
) -> None:
    man, memory = scene("obama.jpg", "obama3.jpg"), Memory()
    for name in ("vrf_one", "vrf_two"):
        assert man.play(man.actor(), "no_light", memory=memory, name=name).passed


@pytest.mark.parametrize("variant", ["full", "no_light", "no_motion"])
def test_a_flat_photograph_held_by_hand_never_passes(
    scene: Callable[[str, str], Scene], variant: str
) -> None:
    man = scene("obama.jpg", "obama3.jpg")
    assert not man.play(man.actor(Attack.FLAT), variant).passed


def test_another_living_head_is_not_verified(scene: Callable[[str, str], Scene]) -> None:
    man = scene("biden.jpg", "obama.jpg")
    ended = man.play(man.actor(), "no_light")
    assert (ended.passed, ended.gate, ended.code) == (False, "match", "NOT_VERIFIED")


@pytest.mark.parametrize(
    ("attack", "gate"),
    [
        (Attack.FROZEN, "duplicates"),
        (Attack.REORDER, "order"),
        (Attack.STALE_NONCE, "chain"),
        (Attack.EARLY, "reveal"),
    ],
)
def test_a_dishonest_phone_meets_the_gate_made_for_it(
    scene: Callable[[str, str], Scene], attack: Attack, gate: str
) -> None:
    man = scene("obama.jpg", "obama3.jpg")
    ended = man.play(man.actor(attack), "full")
    assert (ended.gate, ended.code) == (gate, REJECTED)
