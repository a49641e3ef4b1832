"""A hospital, and people who want to see its doctors."""

from __future__ import annotations

import pytest

from app.wiring.family import build_persons
from app.wiring.hospital.appointments import build_appointments
from tests.app.hospital.fakes import FakeParts
from tests.app.hospital.planting import Clinic, plant
from tests.app.hospital.steps import hooks_of
from tests.app.world import World


@pytest.fixture
def clinic(world: World) -> Clinic:
    return plant(world)


@pytest.fixture
def parts(world: World) -> FakeParts:
    """The application with fakes for the other parts of the hospital service."""
    with world.app.app_context():
        services = world.app.extensions["zero_run.services"]
    fakes = FakeParts()
    services.update(
        build_appointments(
            world.shared, services, persons=build_persons(world.shared), parts=hooks_of(fakes)
        )
    )
    return fakes
