"""A hospital, and people who want to see its doctors."""

from __future__ import annotations

import pytest

from tests.app.hospital.planting import Clinic, plant
from tests.app.world import World


@pytest.fixture
def clinic(world: World) -> Clinic:
    return plant(world)
