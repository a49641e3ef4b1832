"""A hospital's desk, and people in line."""

from __future__ import annotations

import pytest

from tests.app.hospital.planting import Clinic
from tests.app.hospital.rush.steps import Desk, hospital
from tests.app.world import World


@pytest.fixture
def desk(world: World, clinic: Clinic) -> Desk:
    return hospital(world, clinic)
