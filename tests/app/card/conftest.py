"""A holder with a card, and a till that may read it."""

from __future__ import annotations

import pytest

from tests.app.device import Device
from tests.app.world import World


@pytest.fixture
def holder(world: World) -> Device:
    device = world.citizen(name="欧阳修")
    assert device.post("/v1/card").status_code == 201
    return device


@pytest.fixture
def till(world: World) -> Device:
    return world.terminal(purposes=frozenset({"02121", "01301"}))
