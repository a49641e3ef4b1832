"""Signed-in people whom the registry knows."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from tests.app.device import Device
from tests.app.documents.people import LI, ZHANG, signed_in


@pytest.fixture
def zhang(world: Any) -> Device:
    return signed_in(world, ZHANG)


@pytest.fixture
def li(world: Any) -> Device:
    return signed_in(world, LI)


@pytest.fixture
def portrait() -> str:
    """A small JPEG, base64, as the registry sends one."""
    out = io.BytesIO()
    Image.new("RGB", (390, 480), (120, 140, 160)).save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()
