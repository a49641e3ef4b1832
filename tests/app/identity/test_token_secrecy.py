"""Nothing of a person, and nothing that opens a door, is ever written to a log."""

from __future__ import annotations

import json

import pytest

from tests.app.card.steps import decode, show
from tests.app.device import Device
from tests.app.identity.tokens import TOKEN, code_form, refresh
from tests.app.world import World

NAME = "司马相如"


def journey(world: World) -> list[str]:
    """From face to pharmacy, with some refusals; returns every secret on the way."""
    number = world.register(NAME)
    phone = world.phone()
    code = world.code(phone, number=number, name=NAME)
    tokens = phone.form(TOKEN, code_form(code)).get_json()
    phone.token, phone.refresh_token = tokens["access_token"], tokens["refresh_token"]
    renewed = refresh(phone).get_json()
    phone.post("/v1/card")
    till = world.terminal()
    shown = show(phone)
    presence = decode(till, shown).json["presence_token"]
    decode(till, shown)
    certificate = phone.post("/v1/certificates", {"type": "household_registration"}).get_json()
    phone.get("/v1/me")
    stumble(world, phone, number, code)
    secrets = [number, number[6:14], NAME, NAME[:1], code, shown, presence, phone.thumbprint]
    secrets += [tokens["access_token"], tokens["refresh_token"], renewed["refresh_token"]]
    return [*secrets, renewed["access_token"], till.token or "", certificate["check_code"]]


def stumble(world: World, phone: Device, number: str, code: str) -> None:
    """Requests that are refused, with secrets where none belong."""
    phone.form(TOKEN, code_form(code))
    refresh(phone)
    phone.get("/v1/me", headers={"Authorization": f"Bearer {phone.token}"})
    phone.get(f"/v1/{number}/{NAME}?code={code}&name={NAME}")
    phone.post("/v1/verifications", {"citizen_number": number, NAME: code})
    world.client.post("/oauth/token", data=f"{number}{NAME}".encode())
    world.registry.status = 500
    other = world.phone()
    other.post("/v1/verifications", {"citizen_number": number, "name": NAME})


def test_a_whole_journey_leaves_no_secret_in_the_logs(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    secrets = journey(world)
    out, err = capfd.readouterr()
    written = out + err

    assert out.count("\n") > 20
    leaked = [secret for secret in secrets if secret in written]
    leaked += [json.dumps(secret) for secret in secrets if json.dumps(secret)[1:-1] in written]
    assert leaked == []


def test_each_line_is_one_json_object_with_its_requests_id(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = world.client.get("/health/live", headers={"X-Request-Id": "asked-by-a-test"})
    [line] = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert answer.headers["X-Request-Id"] == "asked-by-a-test"
    assert line.pop("ms") >= 0
    assert line.pop("timestamp")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/health/live",
        "status": 200,
        "caller": "nobody",
        "request_id": "asked-by-a-test",
    }


def test_a_secret_that_is_an_address_is_logged_as_its_pattern_only(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.client.get("/check?id=cer_secret&code=secret")
    world.client.get("/no/such/secret")
    out = capfd.readouterr().out
    assert "secret" not in out
    assert '"route": ""' in out
