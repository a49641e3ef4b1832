"""The key a guard proved is the only one a view is told."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.access.keys import proven_key
from app.core.errors import DomainError
from tests.app.device import Device, public_jwk
from tests.fakes import FakeClock


def device(app: Flask) -> Device:
    return Device(client=app.test_client(), clock=FakeClock(), public_url="http://city.example")


def test_a_view_is_told_the_proven_key_and_no_other() -> None:
    app = Flask(__name__)
    phone, other = device(app), device(app)
    with app.test_request_context(headers={"DPoP": phone.proof("POST", "/")}):
        assert proven_key(phone.thumbprint) == public_jwk(phone.key)
        with pytest.raises(DomainError) as raised:
            proven_key(other.thumbprint)
    assert raised.value.kind.code == "UNAUTHENTICATED"


@pytest.mark.parametrize("header", ["", "x", "a.b.c"])
def test_a_request_without_a_proof_has_no_key(header: str) -> None:
    app = Flask(__name__)
    with app.test_request_context(headers={"DPoP": header}), pytest.raises(DomainError):
        proven_key("x")
