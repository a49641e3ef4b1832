"""Signed-in people and a wallet that redeemed an offer of theirs."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from tests.app.credentials.wallet import WalletApp, ready
from tests.app.device import Device
from tests.app.documents.people import LI, ZHANG
from tests.app.world import World


@pytest.fixture
def zhang(world: World) -> Device:
    return world.citizen(ZHANG)


@pytest.fixture
def li(world: World) -> Device:
    return world.citizen(LI)


@pytest.fixture
def wallet(world: World, zhang: Device) -> WalletApp:
    return ready(world, zhang)


@pytest.fixture
def portrait() -> str:
    """A small JPEG, base64, as the registry sends one."""
    out = io.BytesIO()
    Image.new("RGB", (390, 480), (120, 140, 160)).save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()
