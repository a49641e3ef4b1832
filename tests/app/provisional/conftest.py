"""The application beside a department that fails on demand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from config import Settings
from tests.app.device import Device
from tests.app.provisional.department import NAME, SocialSecurity, running
from tests.app.world import World
from tests.fakes import FakeClock


@pytest.fixture
def department(clock: FakeClock) -> Iterator[SocialSecurity]:
    with running(clock) as started:
        yield started


@pytest.fixture
def settings(settings: Settings, department: SocialSecurity) -> Settings:
    return settings.model_copy(
        update={
            "social_security_url": department.url,
            "social_security_token": SecretStr("service token of the tests"),
            "webhooks_inside": True,
        }
    )


@pytest.fixture
def number(world: World) -> str:
    """Of a citizen whom every department knows."""
    return world.register(NAME)


@pytest.fixture
def zhang(world: World, number: str) -> Device:
    return world.sign_in(world.phone(), number=number, name=NAME)
