"""Signed-in people and what they do with their certificates."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.app.device import Device
from tests.app.world import World

HOUSEHOLD = "household_registration"
ZHANG, LI = "张明远", "李建国"


def registered(world: World, name: str) -> dict[str, Any]:
    """What the registry holds of a person: a test may change it."""
    return next(person for person in world.registry.persons.values() if person["name"] == name)


def asked(world: World) -> list[dict[str, Any]]:
    """The questions put to the registry for certificates."""
    return [sent for sent in world.registry.asked if sent["purpose"].startswith("certificate")]


def issued(device: Device, type_code: str = HOUSEHOLD) -> dict[str, Any]:
    """A certificate, just issued."""
    response = device.post("/v1/certificates", json={"type": type_code})
    assert response.status_code == 201, response.text
    return members(response)


def pdf_of(device: Device, certificate: dict[str, Any]) -> bytes:
    """Its file."""
    response = device.get(f"/v1/certificates/{certificate['id']}/pdf")
    assert response.status_code == 200, response.text
    pdf: bytes = response.data
    return pdf


def members(response: TestResponse) -> dict[str, Any]:
    """The members of a JSON response."""
    found: dict[str, Any] = response.get_json(force=True)
    return found


def accesses(device: Device) -> list[dict[str, Any]]:
    """What the person sees of looks that have to do with certificates."""
    seen: list[dict[str, Any]] = members(device.get("/v1/me/accesses?limit=100"))["items"]
    return [event for event in seen if event["purpose"].startswith("certificate")]
