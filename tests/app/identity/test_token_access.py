"""Which access tokens open which door."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Response
from werkzeug.test import TestResponse

from app.core.access.guards import citizen
from tests.app.card.steps import decode_form
from tests.app.device import Device
from tests.app.identity.tokens import (
    altered,
    resigned,
    signed_with_the_public_key,
    unsigned,
)
from tests.app.world import World
from tests.fakes import FakeClock

ME = "/v1/me"


def is_refused(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (401, "INVALID_TOKEN")
    assert answer.json["error"] == "invalid_token"
    assert answer.headers["WWW-Authenticate"] == 'DPoP error="invalid_token", algs="ES256"'


@pytest.fixture
def phone(world: World) -> Device:
    return world.citizen()
