"""The application beside the sandbox's population department, whose records can be corrected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.core.clock import SystemClock
from config import Settings
from sandbox.departments.city.city import city
from sandbox.departments.population.register import Register
from sandbox.departments.population.seed import seed_of
from tests.app.device import Device
from tests.app.lineage.department import catch_up
from tests.app.world import World
from tests.fakes import FakeClock
from tests.sandbox.departments.building import TOKEN, Building, at_work
from tests.sandbox.departments.people import LI, ZHANG


@pytest.fixture
def clock() -> FakeClock:
    """The department has a clock of its own, so ours must be right."""
    return FakeClock(SystemClock().now())


@pytest.fixture
def building(tmp_path: Path) -> Iterator[Building]:
    register = Register(tmp_path / "population")
    photographs = {number: b"\xff\xd8 a photograph" for number, _ in (ZHANG, LI)}
    register.fill(seed_of(city(), photographs))
    with at_work(register.department()) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, building: Building) -> Settings:
    return settings.model_copy(
        update={
            "population_url": f"http://127.0.0.1:{building.port}",
            "population_token": SecretStr(TOKEN),
            "webhooks_inside": True,
        }
    )


@pytest.fixture
def zhang(world: World) -> Device:
    catch_up(world)
    return world.sign_in(world.phone(), number=ZHANG[0], name=ZHANG[1])


@pytest.fixture
def li(world: World) -> Device:
    catch_up(world)
    return world.sign_in(world.phone(), number=LI[0], name=LI[1])
