"""A clean verification desk for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.identity.face import Faces
from config import Settings
from tests.app.identity.desk import Desk, open_desk
from tests.app.identity.fakes import Blind, FakeFaces
from tests.app.registry import Registry
from tests.fakes import FakeClock
from verify.defaults import DEFAULT_POLICY


@pytest.fixture
def faces() -> FakeFaces:
    return FakeFaces()


@pytest.fixture
def desk(
    settings: Settings, clock: FakeClock, faces: FakeFaces, registry: Registry
) -> Iterator[Desk]:
    with open_desk(settings, clock=clock, faces=faces, registry=registry) as opened:
        yield opened


@pytest.fixture
def judged_desk(settings: Settings, clock: FakeClock, registry: Registry) -> Iterator[Desk]:
    """A desk with the real rules of verifying, up to where a picture would be opened."""
    judging = Faces(engine=Blind(), policy=DEFAULT_POLICY, models={}, decoy=b"a decoy")
    with open_desk(settings, clock=clock, faces=judging, registry=registry) as opened:
        yield opened
