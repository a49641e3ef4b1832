"""Operators that are logged in."""

from __future__ import annotations

from app.partners.service.operators import OperatorOnboarding
from app.wiring.operator_scopes import OPERATOR_SCOPES
from tests.app.device import Device, public_jwk
from tests.app.world import World


def operator_console(world: World, *scopes: str) -> Device:
    """An operator's machine with a token for these scopes, or for all."""
    device, granted = world.phone(), scopes or sorted(OPERATOR_SCOPES)
    desk = OperatorOnboarding(
        database=world.database, clock=world.clock, known_scopes=OPERATOR_SCOPES
    )
    client_id = desk.add(name="市社保局值班", jwks=[dict(public_jwk(device.key))], scopes=granted)
    form = world.login_form(device, client_id) | {"scope": " ".join(granted)}
    answer = device.form("/oauth/token", form)
    assert answer.status_code == 200, answer.text
    device.token = answer.json["access_token"]
    return device
