"""Whole sessions on pixels: the virtual phone's portraits, judged by what they show."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sandbox.phone.cast import Attack, Studio
from sandbox.phone.landmarks import LandmarkNet, packaged_detector
from sandbox.phone.session import Actor
from sandbox.phone.steps import Step as PhoneStep
from verify.defaults import DEFAULT_POLICY, LIVENESS
from verify.engine.tasks import Measuring
from verify.liveness.challenge import Challenge, plan
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.fusion import Verdict, judge, screen
from verify.liveness.gates import repeats
from verify.liveness.protocol import (
    Capture,
    ChainState,
    FrameEntry,
    StepTiming,
    check_capture,
)
from verify.models import ModelFiles
from verify.results import Template

SESSION = "vrf_rendered"


class Clock:
    """Time that passes only while the phone waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds + 0.0001

    def server_ms(self) -> int:
        return int(self.now * 1000) + 5000


@dataclass
class Desk:
    """The server's side of a session, without a server."""

    measurer: Measuring
    clock: Clock
    template: Template

    def play(self, actor: Actor, way: int) -> tuple[Verdict | Finding, list[StepEvidence]]:
        """Ask for a baseline and a turn; 0 is left, 1 is right."""
        asked = plan(randbelow=lambda n: way % n, token=secrets.token_bytes)
        sealing = actor.sealing(SESSION)
        chain = ChainState.start(SESSION)
        steps: list[StepEvidence] = []
        for step in asked.steps:
            revealed = self.clock.server_ms()
            told = PhoneStep.from_json(step.public())
            sealed = sealing.seal(told, actor.filming.film(told))
            capture = Capture(
                step=step,
                entries=tuple(
                    FrameEntry(seq=f.seq, t_ms=f.t_ms, digest=bytes.fromhex(f.hash)) for f in sealed
                ),
                frames=tuple(f.jpeg for f in sealed),
                timing=StepTiming(revealed_ms=revealed, received_ms=self.clock.server_ms() + 40),
            )
            checked = check_capture(capture, chain=chain, policy=LIVENESS)
            if checked.finding:
                return checked.finding, steps
            chain = checked.chain
            frames = self.measurer.measure(capture.frames, embed=step.embeddings)
            steps.append(StepEvidence.of(capture, chain=chain, frames=frames))
            finding = screen(steps, DEFAULT_POLICY)
            if finding:
                return finding, steps
        return self.judged(steps, asked), steps

    def judged(self, steps: list[StepEvidence], asked: Challenge) -> Verdict:
        return judge(
            steps,
            challenge=asked,
            template=self.template,
            policy=DEFAULT_POLICY,
            models=ModelFiles.digests(),
        )


@dataclass
class Scene:
    """A phone before a portrait, and the desk that checks it against another photograph."""

    studio: Studio
    desk: Desk
    portrait: Path

    def actor(self, attack: Attack | None = None) -> Actor:
        head = self.studio.head(self.portrait)
        return self.studio.attacker(attack, head) if attack else self.studio.person(head)


@pytest.fixture
def scene(measurer: Measuring, portraits: Path, models: ModelFiles) -> Callable[[str, str], Scene]:
    def build(portrait: str, reference: str) -> Scene:
        clock = Clock()
        net = LandmarkNet(mesh_model=models.mesh, detector_model=packaged_detector())
        studio = Studio(net=net, rng=np.random.default_rng(7), clock=clock, sleep=clock.sleep)
        template = measurer.enrol((portraits / reference).read_bytes())
        desk = Desk(measurer=measurer, clock=clock, template=template)
        return Scene(studio=studio, desk=desk, portrait=portraits / portrait)

    return build


@pytest.mark.parametrize("way", [0, 1])
def test_a_head_that_turns_as_asked_passes_against_another_photograph(
    scene: Callable[[str, str], Scene], way: int
) -> None:
    man = scene("obama2.jpg", "obama.jpg")
    verdict, _ = man.desk.play(man.actor(), way)
    assert isinstance(verdict, Verdict)
    assert (verdict.passed, verdict.level) == (True, "L1")


def test_two_honest_sessions_of_one_person_are_no_replay(
    scene: Callable[[str, str], Scene],
) -> None:
    man = scene("astronaut.png", "astronaut.png")
    hashes = []
    for _ in range(2):
        _, steps = man.desk.play(man.actor(), 0)
        hashes.append([frame.phash for step in steps for frame in step.frames])
    assert not repeats(hashes[1], hashes[0], LIVENESS)
    assert repeats(hashes[0], hashes[0], LIVENESS)


@pytest.mark.parametrize("way", [0, 1])
def test_a_flat_photograph_turned_by_hand_does_not_pass(
    scene: Callable[[str, str], Scene], way: int
) -> None:
    man = scene("obama2.jpg", "obama.jpg")
    verdict, _ = man.desk.play(man.actor(Attack.FLAT), way)
    assert isinstance(verdict, Verdict)
    assert not verdict.passed
    assert verdict.retry_code in {RetryCode.ACTION_NOT_SEEN, RetryCode.NOT_VERIFIED}


def test_another_living_head_is_not_verified(scene: Callable[[str, str], Scene]) -> None:
    man = scene("biden.jpg", "obama.jpg")
    verdict, _ = man.desk.play(man.actor(), 0)
    assert isinstance(verdict, Verdict)
    assert (verdict.passed, verdict.retry_code) == (False, RetryCode.NOT_VERIFIED)


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
    man = scene("obama2.jpg", "obama.jpg")
    finding, _ = man.desk.play(man.actor(attack), 0)
    assert finding == Finding(gate=gate, code=RetryCode.REJECTED_PROTOCOL)
