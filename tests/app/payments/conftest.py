"""The application with a payment provider at its side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.wiring.payments import Payments, build_payments
from config import Settings
from tests.app.payments.counterpart import TOKEN, Counterpart, Receiver, receiving
from tests.app.world import World
from tests.fakes import FakeClock

SECONDS = 0.5


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def provider(tmp_path: Path, receiver: Receiver, clock: FakeClock) -> Iterator[Counterpart]:
    counterpart = Counterpart(data=tmp_path / "provider", notify=receiver.url, clock=clock)
    yield counterpart
    counterpart.running.stop()


@pytest.fixture
def settings(settings: Settings, provider: Counterpart) -> Settings:
    return settings.model_copy(
        update={
            "payments_url": provider.running.url,
            "payments_token": SecretStr(TOKEN),
            "payments_jwks": provider.running.jwks_url,
        }
    )


@pytest.fixture
def world(world: World, receiver: Receiver, provider: Counterpart) -> Iterator[World]:
    receiver.app = world.app
    yield world
    provider.running.stop()  # before the application: nobody calls one that is closed


@pytest.fixture
def cash(world: World) -> Iterator[Payments]:
    with ExitStack() as closing:
        yield build_payments(world.shared, closing, seconds=SECONDS)
