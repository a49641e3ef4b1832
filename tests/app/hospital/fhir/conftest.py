"""A hospital whose window speaks FHIR."""

from __future__ import annotations

import pytest

from tests.app.hospital.fhir.steps import Window, window_of
from tests.app.hospital.planting import Clinic
from tests.app.world import World


@pytest.fixture
def window(world: World, clinic: Clinic) -> Window:
    return window_of(world, clinic)
