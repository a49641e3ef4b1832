"""The virtual phone's person and print, seen by another net than the one that rendered them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sandbox.phone.cast import Attack, Studio
from sandbox.phone.landmarks import LandmarkNet, packaged_detector
from sandbox.phone.session import Actor
from sandbox.phone.steps import Step as PhoneStep
from tests.verify.sessions import step
from verify.defaults import DEFAULT_POLICY
from verify.engine.tasks import Measuring
from verify.liveness.cues import CueResult
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import RetryCode
from verify.liveness.motion import MotionCue
from verify.models import ModelFiles

Play = Callable[[Actor, str], CueResult]


class Clock:
    """Time that passes only while the phone waits."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds + 0.0001


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def studio(models: ModelFiles, clock: Clock) -> Studio:
    net = LandmarkNet(mesh_model=models.mesh, detector_model=packaged_detector())
    return Studio(net=net, rng=np.random.default_rng(7), clock=clock, sleep=clock.sleep)


@pytest.fixture(scope="module")
def play(measurer: Measuring, clock: Clock) -> Play:
    """Return who films a baseline and one step, and what the cue says of them."""

    def evidence(actor: Actor, kind: str, n: int) -> StepEvidence:
        asked = step(kind, n=n)
        revealed_ms = int(clock.now * 1000)
        frames = actor.filming.film(PhoneStep.from_json(asked.public()))
        return StepEvidence(
            step=asked,
            times=tuple(frame.t_ms for frame in frames),
            revealed_ms=revealed_ms,
            offset_ms=50,
            frames=measurer.measure([frame.jpeg for frame in frames]),
        )

    def played(actor: Actor, kind: str) -> CueResult:
        steps = [evidence(actor, "baseline", 0), evidence(actor, kind, 1)]
        result = MotionCue().weigh(steps, DEFAULT_POLICY)
        assert result is not None
        return result

    return played


@pytest.mark.parametrize("kind", ["nod", "blink", "mouth", "closer"])
def test_a_rendered_person_is_seen_to_do_what_was_asked(
    studio: Studio, play: Play, portraits: Path, kind: str
) -> None:
    person = studio.person(studio.head(portraits / "astronaut.png"))
    result = play(person, kind)
    assert result.finding is None
    assert not result.spoof


@pytest.mark.parametrize("kind", ["nod", "blink", "mouth"])
def test_a_rendered_print_that_is_moved_alike_is_not(
    studio: Studio, play: Play, portraits: Path, kind: str
) -> None:
    print_ = studio.attacker(Attack.FLAT, studio.head(portraits / "astronaut.png"))
    finding = play(print_, kind).finding
    assert finding is not None
    assert finding.code is RetryCode.ACTION_NOT_SEEN
