"""The application beside a department that fails on demand."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.exchange.contracts.library import HOME
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
def patient(tmp_path: Path) -> Path:
    """The contracts, with all the time they may give: how busy the machine is says nothing."""
    folder = tmp_path / "contracts"
    shutil.copytree(HOME, folder)
    for terms in folder.glob("*/contract.toml"):
        text = re.sub(r"timeout_ms = \d+", "timeout_ms = 10000", terms.read_text("utf-8"))
        terms.write_text(text, "utf-8")
    return folder


@pytest.fixture
def settings(settings: Settings, department: SocialSecurity, patient: Path) -> Settings:
    return settings.model_copy(
        update={
            "contracts_dir": patient,
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
