"""The application as a developer runs it: webhooks may be on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config import Settings
from tests.app.device import Device
from tests.app.documents.people import ZHANG
from tests.app.notifications.partners import Receiver, partner, receiving
from tests.app.world import World


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhooks_inside": True})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def lawyer(world: World) -> Device:
    return partner(world)


@pytest.fixture
def zhang(world: World) -> Device:
    return world.citizen(ZHANG)
