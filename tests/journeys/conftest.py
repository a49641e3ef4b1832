"""The whole system, started once, and one honest journey through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from launch.journey import Journey, play_journey
from launch.ports import free_port
from launch.stage import Stage
from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.client import Phone
from sandbox.phone.head import Head
from sandbox.phone.session import Actor
from tests.journeys.attempts import Attempt, attacks, hopeless, play
from tests.journeys.ground import Books, OtherApi, folder, given
from tests.journeys.people import FACE, ZHANG
from tests.journeys.processes import Tree
from tests.journeys.wire import Wire

Wires = Callable[..., Wire]


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """PostgreSQL, Valkey, registry, API and face workers, on a port and with data of their own."""
    with folder() as var, System(given=given(var), port=free_port()) as running:
        yield running


@pytest.fixture(scope="session")
def other_api(system: System) -> OtherApi:
    """A second API on the same data, a small one. Ends with the system."""
    return OtherApi(system, port=free_port())


@pytest.fixture(scope="session")
def stage(system: System) -> Stage:
    return Stage(
        base_url=system.base_url,
        portraits=system.portraits,
        mesh_model=system.var / "models" / "face_landmark.tflite",
        till=system.till,
        hospital=system.hospital,
    )


@pytest.fixture(scope="session")
def books(system: System) -> Iterator[Books]:
    with Books.opened(system.environment) as opened:
        yield opened


@pytest.fixture
def tree(system: System) -> Tree:
    return Tree(system.api.process.pid)


@pytest.fixture(scope="session")
def heard() -> set[str]:
    """Codes, tokens and proofs of all sessions, which nobody may find anywhere."""
    return set()


@pytest.fixture
def wires(system: System, heard: set[str]) -> Iterator[Wires]:
    """Hands out devices, each with a key of its own; of this API unless another is named."""
    with ExitStack() as closing:
        yield lambda base_url=system.base_url: closing.enter_context(Wire(base_url, heard=heard))


@pytest.fixture(scope="session")
def studio(stage: Stage) -> Studio:
    return stage.studio()


@pytest.fixture(scope="session")
def head(stage: Stage, studio: Studio) -> Head:
    return stage.head(studio, FACE)


@pytest.fixture
def actor(studio: Studio, head: Head) -> Actor:
    """The honest owner of the face, ready for one session."""
    return studio.person(head)


@pytest.fixture(scope="session")
def phone(stage: Stage) -> Iterator[Phone]:
    """The phone of the journey."""
    with stage.phone() as held:
        yield held


@pytest.fixture(scope="session")
def journey(stage: Stage, phone: Phone, studio: Studio, head: Head, heard: set[str]) -> Journey:
    """From the face to the refund and the list of accesses: all held, or no test begins."""
    with stage.terminal() as till:
        played = play_journey(phone, till=till, claim=ZHANG, actor=studio.person(head))
    tokens, certificate = played.tokens, played.document.certificate
    heard |= {tokens.access, tokens.refresh, played.code, played.presence_token}
    heard |= {certificate.check_code, certificate.check_url}
    return played


@pytest.fixture(scope="session")
def attempts(stage: Stage, journey: Journey, books: Books, heard: set[str]) -> dict[str, Attempt]:
    """Every attack once, and everybody who cannot pass, with the face that would."""
    wanted = {**attacks(journey.recording), **hopeless()}
    return play(wanted, stage=stage, heard=heard, books=books)
