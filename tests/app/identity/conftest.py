"""A clean verification desk for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config import Settings
from tests.app.identity.desk import Desk, open_desk
from tests.app.identity.fakes import FakeFaces
from tests.app.registry import Registry
from tests.fakes import FakeClock


@pytest.fixture
def faces() -> FakeFaces:
    return FakeFaces()


@pytest.fixture
def desk(
    settings: Settings, clock: FakeClock, faces: FakeFaces, registry: Registry
) -> Iterator[Desk]:
    with open_desk(settings, clock=clock, faces=faces, registry=registry) as opened:
        yield opened
